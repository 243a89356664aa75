import type { RunEvent } from '../../../orchestrator/index.js';
import type { Screen } from '../show-run.js';
import { createCanvas } from './draw.js';
import { endingLines } from './ending.js';
import { foldView } from './fold-view.js';
import { frameOf, type Frame } from './frame.js';
import type { Glyphs } from './glyphs.js';
import type { Key } from './keys.js';
import { press, type Action, type Pressed } from './press.js';
import { questionHint, replyTo, type AskViewer, type Question } from './question.js';
import { printedLines } from './printed-lines.js';
import type { ViewPlace } from './panels/system.js';
import { line, type Line } from './spans.js';
import type { Terminal } from './terminal.js';
import { FIRST_UI, type UiState } from './ui-state.js';
import { EMPTY_VIEW, type Entry, type ViewState } from './view-state.js';

export interface LiveOptions {
  readonly terminal: Terminal;
  readonly paint: Screen['paint'];
  readonly glyphs: Glyphs;
  readonly place: ViewPlace;
  /** Whether `act` can steer the run. */
  readonly steers: boolean;
  /** The question stands above already. */
  readonly asked?: boolean;
  readonly act: (action: Action) => void;
  /** Monotonic ms. */
  readonly now: () => number;
}

/** A view that is on the screen. */
export interface LiveView {
  readonly take: (event: RunEvent) => void;
  /** A remark of the program, into the scrollback. */
  readonly say: (text: string) => void;
  /** One question at a time. */
  readonly ask: AskViewer;
  /** Draws what is left, with the run's summary if it has ended, and gives the terminal back. */
  readonly close: () => void;
}

/** The first event begins the run, and has the question. */
const FIRST = 1;
/** At most 20 redraws a second. */
const REDRAW_MS = 50;
/** Times and countdowns go on when nothing comes. */
const IDLE_MS = 500;
/** However long drawing takes, somebody is watching. */
const SLOWEST_MS = 250;
/** Drawing takes at most this share of the time, however large the screen and slow the machine. */
const SHARE = 0.1;

class Live implements LiveView {
  private view: ViewState = EMPTY_VIEW;
  private ui: UiState = FIRST_UI;
  /** What is drawn while the output is paused. */
  private frozen: ViewState | null = null;
  private frame: Frame | null = null;
  private printedSeq = 0;
  private remarks: string[] = [];
  private question: Question | null = null;
  private timer: NodeJS.Timeout | null = null;
  private dueAt = Infinity;
  private drawnAt = -Infinity;
  private cost = 0;
  private heardAt: number;
  private closed = false;
  private readonly options: LiveOptions;
  private readonly canvas: ReturnType<typeof createCanvas>;

  constructor(options: LiveOptions) {
    this.options = options;
    this.heardAt = options.now();
    this.canvas = createCanvas(options.terminal, options.paint);
    options.terminal.open({
      onKey: (key) => {
        this.onKey(key);
      },
      onResize: () => {
        this.canvas.resize();
        this.schedule();
      },
      onResume: () => {
        this.schedule();
      },
    });
    this.schedule();
  }

  readonly take = (event: RunEvent): void => {
    this.view = foldView(this.view, event);
    this.heardAt = this.options.now();
    this.schedule();
  };

  readonly say = (text: string): void => {
    this.remarks.push(text.trimEnd());
    this.schedule();
  };

  readonly ask: AskViewer = (text, kind, signal) =>
    new Promise((resolve) => {
      const stop = (): void => this.settle(null);
      signal?.addEventListener('abort', stop, { once: true });
      this.question = {
        kind,
        settle: (answer) => {
          signal?.removeEventListener('abort', stop);
          resolve(answer);
        },
      };
      this.ui = { ...this.ui, question: text, hint: questionHint(kind) };
      this.options.terminal.listen();
      this.say(text);
      if (this.closed || signal?.aborted === true) stop();
    });

  readonly close = (): void => {
    if (this.closed) return;
    this.closed = true;
    this.settle(null);
    if (this.timer !== null) clearTimeout(this.timer);
    const { terminal, glyphs, place } = this.options;
    this.frozen = null;
    const ending = this.view.run.phase === 'ended' ? [endingLines(this.view, place.log, terminal.columns(), glyphs)] : [];
    this.canvas.draw([...this.fresh(), ...ending], null);
    this.canvas.close();
    terminal.close();
  };

  private settle(answer: string | null): void {
    this.question?.settle(answer);
    this.question = null;
    this.ui = { ...this.ui, question: null, hint: null };
    this.schedule(REDRAW_MS);
  }

  /** Whether a key was the answer to what is asked. */
  private answers(key: Key, pressed: Pressed): boolean {
    if (this.question === null) return false;
    const { draft } = this.ui;
    const reply = replyTo(this.question.kind, key, draft === null ? null : draft.before + draft.after, pressed);
    if (reply === undefined) return false;
    if (draft !== null) this.ui = { ...this.ui, draft: null };
    this.settle(reply);
    return pressed.action?.type !== 'interrupt';
  }

  private onKey(key: Key): void {
    const pressed = press(this.ui, key, { view: this.view, maxScroll: this.frame?.maxScroll ?? 0, steers: this.options.steers });
    if (this.answers(key, pressed)) return;
    const { ui, action } = pressed;
    this.frozen = ui.paused ? (this.frozen ?? this.view) : null;
    this.ui = this.question === null ? ui : { ...ui, hint: ui.hint ?? questionHint(this.question.kind) };
    if (action?.type === 'suspend') this.options.terminal.suspend();
    else if (action !== undefined) this.options.act(action);
    // Whoever presses a key looks at what it does.
    this.schedule(REDRAW_MS);
  }

  /** Arranges a redraw: soon after something came, in any case before long. */
  private schedule(wait = Math.min(SLOWEST_MS, Math.max(REDRAW_MS, this.cost / SHARE))): void {
    if (this.closed) return;
    const now = this.options.now();
    const due = Math.max(now, this.drawnAt + wait);
    if (this.timer !== null && this.dueAt <= due) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.dueAt = due;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.redraw();
    }, due - now);
  }

  /** What has not been printed yet, in lines. */
  private fresh(): readonly (readonly Line[])[] {
    const { terminal, glyphs } = this.options;
    const shown = this.frozen ?? this.view;
    const entries = shown.entries.filter(({ seq, minor }) => seq > this.printedSeq && !minor);
    this.printedSeq = shown.entries.at(-1)?.seq ?? this.printedSeq;
    const remarks = this.remarks.splice(0).map((text) => [line(text, 'warning')]);
    const isKnown = ({ seq }: Entry): boolean => this.options.asked === true && seq === FIRST;
    return [...entries.map((entry) => printedLines(isKnown(entry) ? { ...entry, body: null } : entry, shown.run.order, terminal.columns(), glyphs)), ...remarks];
  }

  private redraw(): void {
    const { terminal, glyphs, place, steers, now } = this.options;
    const begun = now();
    const shown = this.frozen ?? this.view;
    const ended = shown.run.phase === 'ended' || shown.run.phase === 'idle';
    const t = this.frozen !== null || ended ? shown.t : shown.t + (begun - this.heardAt);
    const fresh = this.fresh();
    this.frame = frameOf(shown, this.ui, { columns: terminal.columns(), rows: terminal.rows(), now: t, glyphs, place, keys: terminal.keys, steers });
    this.canvas.draw(fresh, this.frame);
    const took = now() - begun;
    this.cost = this.cost === 0 ? took : this.cost * 0.8 + took * 0.2;
    this.drawnAt = now();
    this.schedule(IDLE_MS);
  }
}

/** Takes the terminal and shows a run on it, from events that are handed in. */
export const openLiveView = (options: LiveOptions): LiveView => new Live(options);
