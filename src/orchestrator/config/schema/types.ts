export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null';

/** `planned`: accepted, has no effect yet. `rejected`: never valid; the description says what to write instead. Absent: works. */
export type Status = 'planned' | 'rejected';

/** What a backend understands beyond what all do; see backend-types.ts. */
export type Trait =
  | 'responses'
  | 'chat'
  | 'anthropic'
  | 'gemini'
  | 'grok'
  | 'azure'
  | 'web-search'
  | 'code-execution'
  | 'interpreter'
  | 'own-tools'
  | 'verbosity'
  | 'web-plugin'
  | 'samplers'
  | 'local'
  | 'lmstudio'
  | 'claude-code'
  | 'ag2'
  | 'account'
  | 'script';

/** The part of JSON Schema (draft 7) that the configuration uses, and its own `x-` annotations. */
export interface Schema {
  readonly type?: JsonType | readonly JsonType[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  /** The first one is shown when the key is missing. */
  readonly examples?: readonly (string | number)[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly deprecated?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly not?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly if?: Schema;
  readonly else?: Schema;
  readonly 'x-status'?: Status;
  /** Of a planned key: the capability that it waits for. */
  readonly 'x-waits-for'?: string;
  /** Of a planned key: the backends that have it already. */
  readonly 'x-works-with'?: readonly string[];
  /** The key has an effect where the backend has one of these traits; everywhere if absent. */
  readonly 'x-reach'?: readonly Trait[];
  /** What the documentation says of a default that is not a plain value. */
  readonly 'x-default'?: string;
  /** What a value that misses `pattern` is told. */
  readonly 'x-message'?: string;
}

/** Where in the language a key stands. */
export type Section = 'root' | 'agent' | 'backend' | 'orchestrator' | 'coordination' | 'ui';

/** Something still to be built, and the keys that wait for it. */
export interface Capability {
  /** Completes "waits for …". */
  readonly name: string;
  readonly keys: Readonly<Partial<Record<Section, Readonly<Record<string, Schema>>>>>;
}

type Primitive<T> = T extends 'string'
  ? string
  : T extends 'number' | 'integer'
    ? number
    : T extends 'boolean'
      ? boolean
      : T extends 'null'
        ? null
        : T extends 'array'
          ? readonly unknown[]
          : Readonly<Record<string, unknown>>;

type RequiredKeys<S> = S extends { readonly required: readonly (infer R)[] } ? R : never;

type Present<S, P> = { [K in keyof P]: P[K] extends { readonly default: unknown } ? K : K extends RequiredKeys<S> ? K : never }[keyof P];

type Properties<S, P> = { readonly [K in Present<S, P>]: FromSchema<P[K]> } & { readonly [K in Exclude<keyof P, Present<S, P>>]?: FromSchema<P[K]> };

/** The type of a value that has passed a schema, defaults filled in. */
export type FromSchema<S> = S extends { readonly enum: readonly (infer E)[] }
  ? E
  : S extends { readonly type: readonly (infer T)[] }
    ? Primitive<T>
    : S extends { readonly properties: infer P }
      ? Properties<S, P>
      : S extends { readonly items: infer I }
        ? readonly FromSchema<I>[]
        : S extends { readonly type: infer T }
          ? Primitive<T>
          : unknown;
