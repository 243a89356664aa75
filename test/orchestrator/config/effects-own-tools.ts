import { expect } from '@jest/globals';
import { checkConfig } from '../../../src/orchestrator/config/check.js';
import { planRun } from '../../../src/orchestrator/config/plan.js';
import { containerArguments } from '../../../src/orchestrator/tools/commands/docker/container-arguments.js';
import { readCommandSettings, type CommandSettings } from '../../../src/orchestrator/tools/commands/settings.js';
import { checkUrl } from '../../../src/orchestrator/tools/web/public-address.js';
import { readWebSettings, type WebSettings } from '../../../src/orchestrator/tools/web/settings.js';
import { playSession } from '../../support/session-run.js';

/** How the calls of an agent's tools ended. */
async function outcomes(backend: object, call: object, agent: object = {}): Promise<readonly string[]> {
  const { events } = await playSession({ agent: { id: 'a', ...agent, backend: { type: 'scripted', script: [{ tool: call }, { text: 'Done.' }], ...backend } } });
  return events.flatMap((event) => (event.type === 'tool-end' ? [`${event.status}: ${event.text}`] : []));
}

const SHELL = { enable_mcp_command_line: true, command_line_sandbox: 'off' };
const echo = { name: 'execute_command', arguments: { command: 'echo hi' } };

/** A backend block as the configuration leaves it. */
function blockOf(backend: object): Readonly<Record<string, unknown>> {
  const { config, issues } = checkConfig({ agents: [{ id: 'a', backend: { type: 'openai', ...backend } }] }, {});
  expect(issues).toEqual([]);
  return planRun(config!).agents[0]!.backend;
}

const settings = (block: object): CommandSettings => readCommandSettings(blockOf({ enable_mcp_command_line: true, ...block }), { home: '/home/u', base: '/project' })!;
const container = (block: object): string => {
  const { docker } = settings(block);
  const host = { rootless: false, remapped: false, labelled: false };
  return containerArguments({ image: docker.image, settings: docker, host, workspace: '/w', passages: [], mounts: docker.mounts }).join(' ');
};
const credentials = (block: object): CommandSettings['docker'] => settings({ command_line_docker_credentials: block }).docker;
const packages = (preinstall: object): CommandSettings['docker']['packages'] => settings({ command_line_docker_packages: { preinstall } }).docker.packages;
const web = (block: object): WebSettings => readWebSettings(blockOf({ web: block }), { fetch: true, search: true })!;

/** Keys about commands, the user's own functions and the web, each with what it changes. */
export const ownToolKeys: Readonly<Record<string, () => Promise<void> | void>> = {
  'agents[].backend.enable_mcp_command_line': async () => expect([await outcomes({}, echo), await outcomes(SHELL, echo)]).toEqual([[], [expect.stringContaining('"stdout": "hi')]]),
  'agents[].backend.command_line_sandbox': () => expect([settings({}).sandbox, settings({ command_line_sandbox: 'require' }).sandbox]).toEqual(['auto', 'require']),
  'agents[].backend.command_line_execution_mode': () => expect([settings({}).mode, settings({ command_line_execution_mode: 'docker' }).mode]).toEqual(['local', 'docker']),
  'agents[].backend.command_line_allowed_commands': async () => expect(await outcomes({ ...SHELL, command_line_allowed_commands: ['ls'] }, echo)).toEqual([expect.stringContaining('echo is not among the allowed commands')]),
  'agents[].backend.command_line_blocked_commands': async () => expect(await outcomes({ ...SHELL, command_line_blocked_commands: ['echo'] }, echo)).toEqual([expect.stringContaining('echo is blocked')]),
  'agents[].backend.command_line_docker_image': () => expect(container({ command_line_docker_image: 'mine:1' })).toMatch(/ mine:1$/u),
  'agents[].backend.command_line_docker_network_mode': () => expect([container({}), container({ command_line_docker_network_mode: 'bridge' })]).toEqual([expect.stringContaining('--network none'), expect.stringContaining('--network bridge')]),
  'agents[].backend.command_line_docker_memory_limit': () => expect(container({ command_line_docker_memory_limit: '2g' })).toContain('--memory 2g'),
  'agents[].backend.command_line_docker_cpu_limit': () => expect(container({ command_line_docker_cpu_limit: 2 })).toContain('--cpus 2'),
  'agents[].backend.command_line_docker_enable_sudo': () => expect([container({}), container({ command_line_docker_enable_sudo: true })]).toEqual([expect.stringContaining('--cap-drop ALL'), expect.not.stringContaining('--cap-drop')]),
  'agents[].backend.command_line_docker_packages.preinstall.system': () => expect(packages({ system: ['jq'] }).system).toEqual(['jq']),
  'agents[].backend.command_line_docker_packages.preinstall.python': () => expect(packages({ python: ['tomli==2.0.1'] }).python).toEqual(['tomli==2.0.1']),
  'agents[].backend.command_line_docker_packages.preinstall.npm': () => expect(packages({ npm: ['typescript'] }).npm).toEqual(['typescript']),
  'agents[].backend.command_line_docker_credentials.mount': () => expect(container({ command_line_docker_credentials: { mount: ['ssh_keys'] } })).toContain('source=/home/u/.ssh,target=/home/massgen/.ssh,readonly'),
  'agents[].backend.command_line_docker_credentials.additional_mounts': () => expect(container({ command_line_docker_credentials: { additional_mounts: { data: { bind: '/mnt', mode: 'rw' } } } })).toMatch(/source=\/project\/data,target=\/mnt /u),
  'agents[].backend.command_line_docker_credentials.env_file': () => expect(credentials({ env_file: '.env' }).envFile).toEqual({ path: '/project/.env' }),
  'agents[].backend.command_line_docker_credentials.env_vars_from_file': () => expect(credentials({ env_file: '.env', env_vars_from_file: ['A'] }).envFile).toEqual({ path: '/project/.env', only: ['A'] }),
  'agents[].backend.command_line_docker_credentials.env_vars': () => expect(credentials({ env_vars: ['GH_TOKEN'] }).envVars).toEqual(['GH_TOKEN']),
  'agents[].backend.custom_tools': async () => expect(await outcomes({ custom_tools: [{ name: 'say', command: ['echo', 'said'] }] }, { name: 'custom_tool__say', arguments: {} })).toEqual(['ok: said\n']),
  'agents[].backend.web.allowed_hosts': () => expect([() => checkUrl('http://10.0.0.1/', web({}).allowedHosts), checkUrl('http://10.0.0.1/', web({ allowed_hosts: ['10.0.0.0/8'] }).allowedHosts).hostname]).toEqual([expect.any(Function), '10.0.0.1']),
  'agents[].backend.web.search_provider': () => expect(web({ search_provider: 'brave' }).provider).toBe('brave'),
  'agents[].backend.web.search_url': () => expect(web({ search_url: 'http://s/search' }).searchUrl).toBe('http://s/search'),
};
