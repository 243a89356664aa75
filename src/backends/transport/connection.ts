import { Client, type Dispatcher } from 'undici';

/** A request that is told by which connection it goes. Pools hand options on as they are, handlers wrapped. */
export interface TracedOptions extends Dispatcher.DispatchOptions {
  readonly traveller?: { connection: Connection | null };
}

/** One connection that knows whether it has answered before: a kept one may turn out to be dead with the next request. */
export class Connection extends Client {
  /** Whether a reply has come over it since it was opened. */
  isKept = false;

  constructor(origin: string | URL, options: Client.Options) {
    super(origin, options);
    this.on('connect', () => {
      this.isKept = false;
    });
  }

  override dispatch(options: TracedOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (options.traveller !== undefined) options.traveller.connection = this;
    return super.dispatch(options, handler);
  }
}
