import { Args } from '@oclif/core';
import { MassgenError } from '../errors.js';
import { BaseCommand } from './base/base-command.js';
import { print, remark } from './base/config-output.js';
import { serveFlags, toServeOptions, withCorsValue } from './base/serve-flags.js';
import { untilStopped } from './base/stop-signals.js';
import { safeText } from './ui/safe-text.js';
import { exposureWarning, startLines } from './ui/serve-lines.js';

export default class Serve extends BaseCommand {
  static override aliases = ['serve-api'];
  static override summary = 'Serve teams and agents behind an OpenAI-compatible API.';
  static override description = `Models are: "massgen", the team of the configuration (--config, MASSGEN_SERVER_DEFAULT_CONFIG, .massgen/config.yaml or ~/.config/massgen/config.yaml); each agent in it by its id; agents of --agent files; agents made by "massgen spawn", also while the server runs; massgen/EXAMPLE and massgen/path:FILE.
Nothing needs to be configured: a server without any model answers /health and takes up agents as they are spawned.
SIGTERM or Ctrl-C stops: running requests may end within --drain-timeout; a second time leaves at once.`;
  static override examples = [
    '<%= config.bin %> serve --config config.yaml',
    '<%= config.bin %> serve --agent agents/chat.ai --openai-completions 8082',
    '<%= config.bin %> serve team.yaml --host 127.0.0.1 --port 8000 --api-key-file keys.txt --cors https://app.example',
  ];
  static override args = { config: Args.string({ description: 'The same as --config', ignoreStdin: true }) };
  static override flags = serveFlags;

  async run(): Promise<void> {
    this.argv = withCorsValue(this.argv);
    const { args, flags } = await this.parse(Serve);
    if (flags.config !== undefined && args.config !== undefined) throw new MassgenError('usage-invalid', 'there are two configurations; give one, with --config or without');
    const [{ openServer }, { createServerLog }] = await Promise.all([import('../compose/serve/open-server.js'), import('../server/index.js')]);
    const log = await createServerLog(flags.quiet ? 'quiet' : 'normal');
    const server = await openServer({
      ...toServeOptions(flags, args.config),
      access: log.access,
      report: (message) => {
        log.report(safeText(message));
      },
    });
    for (const warning of server.warnings) remark(safeText(warning));
    const listeners = (await server.start()).map(({ url, host }, index) => ({ url, host, only: server.plan.listeners[index]?.only }));
    const exposed = exposureWarning(listeners, server.plan.keys.length > 0);
    if (exposed !== undefined) remark(exposed);
    const models = (await server.models()).map(({ id }) => id);
    // Whoever reads that it listens may stop it at once.
    const stopped = untilStopped();
    await print(safeText(startLines(listeners, models, server.source()).join('\n')));
    const signal = await stopped;
    remark(`stopping on ${signal}: running requests have ${String(server.plan.drainTimeoutMs / 1000)} s to end; once more to leave at once`);
    await server.stop();
    remark('stopped');
  }
}
