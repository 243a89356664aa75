// The `Headers` of the bundled SDKs of OpenAI and Anthropic. They make one before each request, and Node's own loads all of its `fetch`,
// which takes as long as a third of an empty process and is used by nothing here. This one does what those SDKs ask of it.
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;
const FORBIDDEN = /[^\t\u0020-\u007e\u0080-\u00ff]/;

export class Headers {
  #values = new Map();

  constructor(given = {}) {
    for (const [name, value] of Symbol.iterator in given ? given : Object.entries(given)) this.append(name, value);
  }

  /** Anything that can be asked like one, so that a caller's own, of Node or of a package, is read as what it is. */
  static [Symbol.hasInstance](value) {
    return typeof value?.entries === 'function' && typeof value.append === 'function';
  }

  append(name, value) {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${String(value).trim()}`);
  }

  set(name, value) {
    const text = String(value).trim();
    if (!TOKEN.test(name)) throw new TypeError(`"${name}" is no name of a header`);
    // Not the value: it may be a key.
    if (FORBIDDEN.test(text)) throw new TypeError(`the header "${name}" holds a character that headers cannot`);
    this.#values.set(name.toLowerCase(), text);
  }

  get(name) {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name) {
    return this.#values.has(name.toLowerCase());
  }

  delete(name) {
    this.#values.delete(name.toLowerCase());
  }

  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }

  entries() {
    return [...this.#values].sort(([one], [other]) => (one < other ? -1 : 1))[Symbol.iterator]();
  }

  keys() {
    return [...this.entries()].map(([name]) => name)[Symbol.iterator]();
  }

  values() {
    return [...this.entries()].map(([, value]) => value)[Symbol.iterator]();
  }

  [Symbol.iterator]() {
    return this.entries();
  }
}
