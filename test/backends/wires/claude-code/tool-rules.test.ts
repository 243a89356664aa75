import { describe, expect, it } from '@jest/globals';
import { mcpServers, toolRules } from '../../../../src/backends/wires/claude-code/tool-rules.js';
import { childEnvironment } from '../../../../src/backends/wires/process/child-environment.js';
import { NEW_ANSWER } from '../../../support/backend-collect.js';

const servers = [{ name: 'weather', type: 'stdio', command: 'weather' }];

describe('the tools of Claude Code', () => {
  it('are all of its own, less five commands, unless a list says otherwise', () => {
    const { tools, allowedTools, disallowedTools } = toolRules({ type: 'claude_code' }, [NEW_ANSWER]);
    expect(tools).toEqual(expect.arrayContaining(['Read', 'Write', 'Edit', 'Bash', 'Grep', 'Glob', 'TodoWrite']));
    expect(allowedTools).toEqual(['mcp__massgen__new_answer']);
    expect(disallowedTools).toEqual(['Bash(rm*)', 'Bash(sudo*)', 'Bash(su*)', 'Bash(chmod*)', 'Bash(chown*)']);
  });

  it('are those of a list, by rule and by the bare name of a server’s tool', () => {
    const { tools, allowedTools } = toolRules({ type: 'claude_code', mcp_servers: servers, allowed_tools: ['Read', 'Bash(git *)', 'forecast'] }, []);
    expect(tools).toEqual(['Read', 'Bash']);
    expect(allowedTools).toEqual(['Read', 'Bash(git *)', 'forecast', 'mcp__weather__forecast']);
  });

  it('leave out what either list names; the default goes where a list stands', () => {
    const { disallowedTools, allowedTools } = toolRules({ type: 'claude_code', mcp_servers: servers, disallowed_tools: ['WebSearch', 'mcp__weather__set_location'], exclude_tools: ['forecast'] }, []);
    expect(disallowedTools).toEqual(['WebSearch', 'mcp__weather__set_location', 'forecast', 'mcp__weather__forecast']);
    expect(allowedTools).toEqual(['mcp__weather']);
  });

  it('come from servers in a list or a map, none of which takes the team’s place', () => {
    expect(mcpServers(servers)).toEqual({ weather: { type: 'stdio', command: 'weather' } });
    expect(mcpServers({ far: { type: 'streamable-http', url: 'https://x' }, massgen: { command: 'x' } })).toEqual({ far: { type: 'http', url: 'https://x' } });
    expect(mcpServers('nonsense')).toEqual({});
    expect(mcpServers({ browser: { command: 'b', args: ['--out=${cwd}/x'], env: { AT: '${cwd}' } } }, '/place')).toEqual({ browser: { command: 'b', args: ['--out=/place/x'], env: { AT: '/place' } } });
  });
});

describe('the environment of a child', () => {
  it('has what every program needs, and no secret that is not meant for it', () => {
    const env = { PATH: '/bin', HOME: '/h', LC_ALL: 'C', https_proxy: 'http://p', OPENAI_API_KEY: 'a', ANTHROPIC_AUTH_TOKEN: 'b', AWS_SECRET_ACCESS_KEY: 'c', GITHUB_TOKEN: 'd', NODE_OPTIONS: '--require x', PYTHONPATH: '/x' };
    expect(childEnvironment(env, { ANTHROPIC_API_KEY: 'mine', NONE: undefined })).toEqual({ PATH: '/bin', HOME: '/h', LC_ALL: 'C', https_proxy: 'http://p', ANTHROPIC_API_KEY: 'mine' });
  });
});
