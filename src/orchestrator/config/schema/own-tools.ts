import { withTools } from './traits-with-tools.js';
import type { Schema } from './types.js';

const names = (description: string, otherwise = 'none') => ({ type: 'array', items: { type: 'string' }, description, 'x-default': otherwise, 'x-reach': withTools }) as const satisfies Schema;

/** Commands, the user's own functions and the web: what an agent has beside files and servers. */
export const ownToolKeys = {
  enable_mcp_command_line: { type: 'boolean', description: 'The agent may run commands in its workspace; see [tools.md](tools.md).', 'x-default': 'false', 'x-reach': withTools },
  command_line_execution_mode: { enum: ['local', 'docker'], description: '`local`: commands run on this machine. `docker`: in a container of the agent’s own.', 'x-default': '`local`', 'x-reach': withTools },
  command_line_sandbox: { enum: ['auto', 'require', 'off'], description: 'Local commands are shut in by bubblewrap: where it works, always (else the run has no commands), or never.', 'x-default': '`auto`', 'x-reach': withTools },
  command_line_allowed_commands: names('The only commands the agent may run, as words: `git status`, `python.*`. Every command of a line must be one of them.', 'all that are not blocked'),
  command_line_blocked_commands: names('Commands the agent may not run, by name and by whatever words must follow: `git push`.'),
  command_line_docker_image: { type: 'string', description: 'The container’s image: any that has `/bin/sh`.', 'x-default': '`ghcr.io/massgen/mcp-runtime:latest`, with sudo `mcp-runtime-sudo`', 'x-reach': withTools },
  command_line_docker_network_mode: { enum: ['none', 'bridge', 'host'], description: 'The container’s network; `host` is this machine’s own, with all that listens on it.', 'x-default': '`none`', 'x-reach': withTools },
  command_line_docker_memory_limit: { type: 'string', description: 'The container’s memory, as Docker takes it.', 'x-default': 'no limit', examples: ['4g'], 'x-reach': withTools },
  command_line_docker_cpu_limit: { type: 'number', description: 'The container’s processors.', 'x-default': 'no limit', 'x-reach': withTools },
  command_line_docker_enable_sudo: { type: 'boolean', description: 'The container’s commands may use `sudo` without a password, where the image has it. What they make in the workspace is the user’s all the same.', 'x-default': 'false', 'x-reach': withTools },
  command_line_docker_packages: {
    type: 'object',
    description: 'Put into the image before anything runs in it, once, in a container that has a network and nothing of the user’s; the image with them (`massgen-packages:…`) stays on the machine.',
    'x-default': 'nothing',
    'x-reach': withTools,
    properties: {
      preinstall: {
        type: 'object',
        description: 'Names of packages, with versions as their installers take them, by who installs them.',
        'x-default': 'none',
        properties: {
          system: names('By the image’s package manager: `apt-get`, `apk`, `dnf`.'),
          python: names('By `pip`, or `uv`.'),
          npm: names('By `npm`, for all.'),
        },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  command_line_docker_credentials: {
    type: 'object',
    description: 'What of the user’s the container is given, and only that.',
    'x-default': 'nothing',
    'x-reach': withTools,
    properties: {
      mount: names('Of the home folder, read-only, where it is there: `ssh_keys`, `git_config`, `gh_config`, `npm_config`, `pypi_config`.'),
      additional_mounts: { type: 'object', description: 'Further files and folders by their paths: `{ bind: /where/in/the/container, mode: ro }`; `rw` may be written.', 'x-default': 'none' },
      env_file: { type: 'string', description: 'A file of variables for the container.', 'x-default': 'none' },
      env_vars_from_file: names('The only ones of `env_file` that it is given.', 'all of them'),
      env_vars: names('Variables of massgen’s own environment.'),
      pass_all_env: { description: 'name the variables in "env_vars": a container is not given every key', not: {}, 'x-status': 'rejected' },
    },
    additionalProperties: false,
  },
  custom_tools: { type: 'array', items: { type: 'object' }, description: 'Functions of the user’s: JavaScript modules and Python files (`path`, `function`, `name`, `description`, `preset_args`) and programs (`name`, `command`, `parameters`); see [tools.md](tools.md).', 'x-default': 'none', 'x-reach': withTools },
  web: {
    type: 'object',
    description: 'How the agent reaches the web, when its `tools` name `web_fetch` or `web_search`.',
    'x-default': 'the public internet; the search whose key is set',
    'x-reach': withTools,
    properties: {
      allowed_hosts: { type: 'array', items: { type: 'string' }, description: 'Hosts, `*.domain` or ranges of addresses that may be fetched although they are not public.', 'x-default': 'none' },
      search_provider: { enum: ['auto', 'tavily', 'brave', 'searxng'], description: 'Who searches.', 'x-default': 'the first of `tavily` and `brave` whose key is set' },
      search_url: { type: 'string', description: 'Instead of the provider’s own address; of SearXNG the one of its `/search`.', 'x-default': 'the provider’s' },
    },
    additionalProperties: false,
  },
} as const satisfies Record<string, Schema>;
