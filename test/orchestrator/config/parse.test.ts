import { describe, expect, it } from '@jest/globals';
import { formatIssue } from '../../../src/orchestrator/config/issue.js';
import { parseText } from '../../../src/orchestrator/config/parse.js';

const complaint = (text: string): string => {
  const parsed = parseText(text);
  return 'issue' in parsed ? formatIssue(parsed.issue, 'f.yaml') : '';
};

const value = (text: string): unknown => {
  const parsed = parseText(text);
  return 'issue' in parsed ? formatIssue(parsed.issue) : parsed.value;
};

describe('reading YAML', () => {
  it('points at a tab with the line and a caret', () => {
    expect(complaint('agents:\n\t- id: a\n')).toBe('f.yaml:2:1 a tab is used for indentation; indent with spaces\n  2 |  - id: a\n      ^');
  });

  it('counts lines of a file with CRLF and a byte order mark', () => {
    expect(complaint('\uFEFFa: 1\r\nb:\r\n  c: "x\r\n')).toMatch(/^f.yaml:4:1 this line is indented too little; .* or quote that was opened above/);
    expect(value('\uFEFFa: 1\r\nb: two\r\n')).toEqual({ a: 1, b: 'two' });
  });

  it.each([
    ['an empty file', '', 'f.yaml:1:1 the file is empty; list the team under "agents"'],
    ['comments only', '# nothing\n', 'the file is empty'],
    ['nothing but null', '~', 'the file is empty'],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 'f.yaml:3:1 the key "a" is there twice; keep one of them\n  3 | a: 3\n      ^'],
    ['a quoted key twice', '{ "a b": 1, "a b": 2 }', 'is there twice; keep one of them'],
    ['a key with "=" in a list', 'agents:\n  - id = a\n    backend: x\n', 'f.yaml:2:5 a key is followed by "=" where ":" is wanted; write "key: value"\n  2 |   - id = a\n          ^'],
    ['a Python object', 'a: !!python/object/apply:os.system ["id"]', 'f.yaml:1:4 tags such as "!name" are not allowed'],
    ['a tag of its own', 'a: !secret x', 'tags such as "!name" are not allowed'],
    ['a set', 'a: !!set {x}', 'tags such as "!name" are not allowed'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'f.yaml:2:1 there is more than one document ("---") in the file; keep one'],
    ['a list as a key', '? [a, b]\n: 1', 'a key must be text'],
    ['an unknown anchor', 'a: *nowhere', 'f.yaml:1:5 no anchor of this name stands above'],
    ['a star alone', 'a: [*]', 'f.yaml:1:6 a value does not begin with "*"; put it in quotes'],
    ['a glob', 'a:\n  - *_file', 'no anchor of this name stands above; put text that begins with "*" in quotes'],
    ['an at sign', 'a: @cf/model', 'f.yaml:1:4 a value does not begin with @; put it in quotes'],
    ['an at sign in a list', 'a: [@x, y]', 'f.yaml:1:5 a value does not begin with @; put it in quotes'],
    ['a backtick', 'a:\n  - `x`', 'f.yaml:2:5 a value does not begin with `; put it in quotes'],
    ['an apostrophe in single quotes', "a: 'it's so'", "f.yaml:1:8 the text goes on after its closing quote; write '' for an apostrophe in the text"],
    ['a quote in double quotes', 'a: "a "b" c"', 'f.yaml:1:8 the text goes on after its closing quote; write \\" for a quote in the text'],
    ['a path of Windows in double quotes', 'a: "C:\\Users"', 'a "\\" in double quotes begins an escape, and this is none; use single quotes'],
    ['an unknown escape', 'a: "C:\\Work"', 'a "\\" in double quotes begins an escape, and this is none; use single quotes'],
    ['text after a folding mark', 'a: > 18 years', 'text after ">" or "|" begins on the next line; put the value in quotes'],
    ['braces of a template', 'a: 1\nb: {{task}}', 'f.yaml:2:4 a key must be text; put text that begins with "{" or "[" in quotes'],
    ['a colon in a value', 'a: b: c', 'the indentation does not fit, or a value with ": " in it lacks quotes'],
    ['an open bracket', 'a: [1, 2\nb: 3', 'f.yaml:2:1 this line is indented too little; indent it further, or close the bracket'],
    ['an open bracket at the end', 'a: [1, 2', 'a bracket is opened and never closed'],
    ['an open quote', 'a: "x', 'a quote is opened and never closed'],
    ['a control character', 'a: \u0001', 'f.yaml:1:4 the text holds a character that cannot be printed'],
    ['a merge of no map', 'a: { <<: 5 }', '"<<" must name a map'],
    ['great depth', '['.repeat(5000), 'lists and maps are more than 100 deep'],
    ['thousands of aliases', `a: &a [1]\nb: [${'*a,'.repeat(2000)}]`, 'too many anchors are referred to'],
  ])('refuses %s', (_what, text, message) => {
    expect(complaint(text)).toContain(message);
  });

  it('reads what YAML 1.1 writers write', () => {
    expect(value('x: &x { a: 1, b: 2 }\ny:\n  <<: *x\n  b: 3\n')).toEqual({ x: { a: 1, b: 2 }, y: { a: 1, b: 3 } });
    expect(value('a: no\nb: 2020-01-01\nc: 012\n')).toEqual({ a: 'no', b: '2020-01-01', c: 12 });
  });

  it('takes any indentation inside brackets and quotes', () => {
    expect(value('m:\n  args: [\n    "a",\n    # "b"\n  ]\n  text: "one\ntwo"\n')).toEqual({ m: { args: ['a'], text: 'one two' } });
  });

  it('reads JSON, also with tabs', () => {
    expect(value('{\n\t"agents": [\n\t\t{ "id": "a" }\n\t]\n}')).toEqual({ agents: [{ id: 'a' }] });
  });

  it('finds keys and values', () => {
    const parsed = parseText('agents:\n  - id: a\n    backend: { type: openai }\n');
    const locate = 'issue' in parsed ? undefined : parsed.locate;
    expect(locate?.(['agents', 0, 'backend', 'type'], 'value')).toEqual({ line: 3, column: 22 });
    expect(locate?.(['agents', 0, 'backend', 'type'], 'key')).toEqual({ line: 3, column: 16 });
    expect(locate?.(['agents', 0, 'backend', 'missing'], 'value')).toEqual({ line: 3, column: 5 });
    expect(locate?.(['nowhere'], 'key')).toEqual({ line: 1, column: 1 });
  });

  it('finds items and values that are left empty', () => {
    const text = 'agents:\n  - "x\n    - y"\n  -\n  - |\n    -\n  # -\n  - # none\n  -\n  - - a\n    -\nother:\n- &name\n-';
    const parsed = parseText(text);
    const lineOf = (...path: (string | number)[]): unknown => ('issue' in parsed ? undefined : parsed.locate(path, 'value'));
    expect([1, 3, 4].map((item) => lineOf('agents', item))).toEqual([4, 8, 9].map((line) => ({ line, column: 3 })));
    expect(lineOf('agents', 5, 1)).toEqual({ line: 11, column: 5 });
    expect([0, 1].map((item) => lineOf('other', item))).toEqual([{ line: 13, column: 3 }, { line: 14, column: 1 }]);
    const empty = parseText('agents:\n  -\n    id: a\n    backend:\n  -\n');
    expect('issue' in empty ? undefined : [empty.locate(['agents', 0, 'backend'], 'value'), empty.locate(['agents', 1], 'value')]).toEqual([{ line: 4, column: 5 }, { line: 5, column: 3 }]);
  });

  it('does not show a secret in the line it points at', () => {
    expect(complaint('agents:\n\tapi_key: verysecret\n')).not.toContain('verysecret');
    expect(complaint('agents: [{api_key: verysecret, b: c: d}]\n')).not.toContain('verysecret');
    expect(complaint('a: b: sk-abcdefghijklmnopqrstuvwx\n')).not.toContain('sk-abcdef');
  });

  it('keeps a long line short', () => {
    const text = complaint(`a: ${'x'.repeat(5000)}: y`);
    expect(text.split('\n').every((line) => line.length < 250)).toBe(true);
  });

  it('keeps a key called __proto__ an ordinary key', () => {
    const parsed = value('__proto__: { polluted: 1 }\na: 1') as object;
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(Object.keys(parsed)).toContain('__proto__');
  });
});
