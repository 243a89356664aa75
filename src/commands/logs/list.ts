import { Flags } from '@oclif/core';
import type { SessionSummary } from '../../orchestrator/index.js';
import { LogsCommand } from '../base/logs-command.js';
import { parseTime } from '../base/logs-time.js';
import type { ProcessScreen } from '../base/screen.js';
import { createListTable } from '../ui/logs-list-table.js';
import { logsJson } from '../ui/logs-json.js';

const STATUSES = ['completed', 'failed', 'timeout', 'cancelled', 'running', 'crashed', 'unreadable', 'unknown'] as const;

export const listFlags = {
  status: Flags.option({ options: STATUSES, multiple: true, delimiter: ',' })({ description: 'Only sessions that stand so; several with commas', helpValue: 'STATUS' }),
  since: Flags.string({ description: 'Only sessions begun since a date (2026-01-30) or within an age (12h, 7d, 2w)', helpValue: 'TIME' }),
  agent: Flags.string({ description: 'Only sessions with this agent', helpValue: 'ID' }),
  search: Flags.string({ description: 'Only sessions with this text in a question or a final answer', helpValue: 'TEXT' }),
  limit: Flags.integer({ description: 'How many to show; 0 is all', default: 20, min: 0 }),
};

export interface ListFlagValues {
  readonly status?: readonly (typeof STATUSES)[number][] | undefined;
  readonly since?: string | undefined;
  readonly agent?: string | undefined;
  readonly search?: string | undefined;
  readonly limit: number;
  readonly json?: boolean | undefined;
  readonly 'log-dir'?: string | undefined;
}

/** Lines are written in bunches of this many. */
const BUNCH = 64;

/** Where found sessions go: the beginning, each session, and the end of the output. */
interface Form {
  readonly begin: string;
  readonly each: (session: SessionSummary, index: number) => string;
  readonly end: string;
}

function formOf(json: boolean, root: string, width: number): Form {
  if (json) return { begin: `{"log_root":${JSON.stringify(root)},"sessions":[`, each: (session, index) => `${index === 0 ? '' : ','}\n${logsJson(session, 0)}`, end: '\n]}\n' };
  const table = createListTable(width);
  return { begin: '', each: (session, index) => `${index === 0 ? `${table.head}\n` : ''}${table.row(session)}\n`, end: '' };
}

export default class LogsList extends LogsCommand {
  static override summary = 'List sessions, the newest first.';
  static override examples = ['<%= config.bin %> logs', '<%= config.bin %> logs list --status failed,crashed --since 7d', '<%= config.bin %> logs list --search "heat pump" --json'];
  static override flags = listFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(LogsList);
    await this.list(flags);
  }

  protected async list(flags: ListFlagValues): Promise<void> {
    const [{ findLogRoot }, { listSessions, sessionNames }] = await Promise.all([import('../../orchestrator/session/read/log-root.js'), import('../../orchestrator/session/read/list-sessions.js')]);
    const { status, since, agent, search, limit } = flags;
    const filter = {
      ...(status === undefined ? {} : { status }),
      ...(since === undefined ? {} : { since: parseTime('since', since, Date.now()) }),
      ...(agent === undefined ? {} : { agent }),
      ...(search === undefined ? {} : { search }),
    };
    const root = await findLogRoot(flags['log-dir']);
    await this.print(async (screen) => {
      const { shown, more } = await this.write(listSessions(root, filter), formOf(flags.json === true, root, this.width), limit, screen);
      const all = shown > 0 && !more ? 0 : (await sessionNames(root)).length;
      if (more) this.remark(`${String(shown)} of ${String(all)} sessions are shown; --limit 0 shows all${Object.keys(filter).length > 0 ? ' that match' : ''}`);
      if (shown === 0 && flags.json !== true) this.remark(all === 0 ? `there are no sessions in ${root}` : `none of the ${String(all)} sessions in ${root} matches`);
    });
  }

  private async write(sessions: AsyncIterable<SessionSummary>, form: Form, limit: number, screen: ProcessScreen): Promise<{ readonly shown: number; readonly more: boolean }> {
    let [text, shown, more] = [form.begin, 0, false];
    for await (const session of sessions) {
      more = limit > 0 && shown === limit;
      if (more || screen.isGone()) break;
      text += form.each(session, shown);
      shown += 1;
      if (shown % BUNCH !== 0) continue;
      await screen.out(text);
      text = '';
    }
    await screen.out(text + form.end);
    return { shown, more };
  }
}
