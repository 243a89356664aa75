import type { RunPlace, SessionLog } from '../orchestrator/index.js';

// Classes: a getter in an object literal makes each such object one of a kind to V8 (docs/decisions/0014).

/** Where a run is logged, as long as its log knows more and more. */
export class LoggedPlace implements RunPlace {
  readonly sessionId: string;
  readonly configUsed: string;
  readonly logDirectory: string | null;
  private readonly log: SessionLog;

  constructor(sessionId: string, configUsed: string, log: SessionLog) {
    this.sessionId = sessionId;
    this.configUsed = configUsed;
    this.logDirectory = log.directory;
    this.log = log;
  }

  get finalAnswerPath(): string | null {
    return this.log.finalPath();
  }
}

/** The same place as it is shown: below a folder by the rest of its path. */
export class ShownPlace implements RunPlace {
  readonly sessionId: string;
  readonly configUsed: string;
  readonly logDirectory: string | null;
  private readonly place: RunPlace;
  /** Ends with a separator. */
  private readonly folder: string;

  constructor(place: RunPlace, folder: string) {
    this.folder = folder;
    this.sessionId = place.sessionId;
    this.configUsed = place.configUsed;
    this.logDirectory = this.shown(place.logDirectory);
    this.place = place;
  }

  get finalAnswerPath(): string | null {
    return this.shown(this.place.finalAnswerPath);
  }

  private shown(file: string | null): string | null {
    return file?.startsWith(this.folder) === true ? file.slice(this.folder.length) : file;
  }
}
