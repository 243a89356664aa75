declare module 'autocannon' {
  interface Options {
    readonly url: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly connections?: number;
    readonly amount?: number;
    /** In seconds, of one request. */
    readonly timeout?: number;
  }
  interface Result {
    readonly '2xx': number;
    readonly non2xx: number;
    readonly errors: number;
    readonly timeouts: number;
  }
  // eslint-disable-next-line no-restricted-exports -- that is how the package is
  export default function autocannon(options: Options): Promise<Result>;
}
