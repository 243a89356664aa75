import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Flags } from '@oclif/core';
import { MassgenError } from '../../errors.js';
import type { SessionReport } from '../../orchestrator/index.js';
import { LogsCommand, sessionArgument, turnFlag } from '../base/logs-command.js';
import { systemReason } from '../base/system-reason.js';
import { logsJson } from '../ui/logs-json.js';

const FORMATS = ['md', 'json', 'html'] as const;
type Format = (typeof FORMATS)[number];

const BY_ENDING: Readonly<Record<string, Format>> = { '.md': 'md', '.markdown': 'md', '.json': 'json', '.html': 'html', '.htm': 'html' };

async function render(session: SessionReport, format: Format): Promise<string> {
  switch (format) {
    case 'json':
      return `${logsJson(session)}\n`;
    case 'md':
      return (await import('../ui/logs-markdown.js')).toMarkdown(session);
    case 'html':
      return (await import('../ui/logs-html.js')).toHtml(session);
  }
}

export default class LogsExport extends LogsCommand {
  static override summary = 'Write a session as one file to read or to pass on: Markdown, JSON, or HTML with pictures.';
  static override examples = ['<%= config.bin %> logs export latest --format html --output-file run.html', '<%= config.bin %> logs export > run.md'];
  static override args = { session: sessionArgument };
  static override flags = {
    turn: { ...turnFlag, description: 'Only this turn of the session (default: all)' },
    format: Flags.option({ options: FORMATS })({ description: 'Default: what the output file is called, else md' }),
    'output-file': Flags.string({ char: 'o', description: 'Write to this file instead of stdout', helpValue: 'FILE' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogsExport);
    const file = flags['output-file'];
    const format = flags.format ?? (flags.json ? 'json' : (BY_ENDING[path.extname(file ?? '').toLowerCase()] ?? 'md'));
    const text = await render(await this.read(flags['log-dir'], args.session, flags.turn ?? 'all'), format);
    if (file === undefined) {
      await this.print(async (screen) => {
        await screen.out(text);
      });
      return;
    }
    await writeFile(file, text).catch((thrown: unknown) => {
      throw new MassgenError('usage-invalid', `cannot write ${file}: ${systemReason(thrown as Error)}`, { cause: thrown });
    });
  }
}
