import { describe, expect, it } from '@jest/globals';
import { Chalk } from 'chalk';
import fc from 'fast-check';
import { markdownText } from '../../../src/commands/ui/markdown-text.js';

const none = new Chalk({ level: 0 });
const plain = (text: string, width = 60): string => markdownText(text, width, none);

describe('an answer in markdown on a terminal', () => {
  it('has headings, lists, quotes, code and rules as one reads them', () => {
    expect(plain('# One\n\nText **bold** and `code`.\n\n- a\n- b\n  - c\n\n3. x\n4. y\n\n> said\n\n```js\nconst a  =  1;\n\n  b();\n```\n\n---\n')).toBe(
      'One\n\nText bold and code.\n\n- a\n- b\n  - c\n\n3. x\n4. y\n\n| said\n\n    const a  =  1;\n    \n      b();\n\n----------------------------------------',
    );
  });

  it('styles what is to stand out, where colours are wanted', () => {
    expect(markdownText('**bold**', 60, new Chalk({ level: 1 }))).toBe('\u001b[1mbold\u001b[22m');
  });

  it('wraps paragraphs at words and leaves code and long words whole', () => {
    expect(plain('one two three four', 10)).toBe('one two\nthree four');
    expect(plain(`see https://example.org/${'x'.repeat(30)} there`, 12)).toContain(`https://example.org/${'x'.repeat(30)}`);
    expect(plain(`    ${'y '.repeat(20)}z`, 12)).toContain('y '.repeat(20));
    expect(plain('日本語 日本語', 10)).toBe('日本語\n日本語');
  });

  it('names where a link leads, once', () => {
    expect(plain('[here](https://a.example) and https://b.example')).toBe('here (https://a.example) and https://b.example');
  });

  it('lays tables out, and gives those that are too wide row by row', () => {
    expect(plain('| a | b |\n|---|---|\n| 1 | two |')).toBe('a | b\n--|----\n1 | two');
    expect(plain(`| a | b |\n|---|---|\n| ${'w'.repeat(40)} | ${'v'.repeat(40)} |`)).toBe(`a: ${'w'.repeat(40)}\nb: ${'v'.repeat(40)}`);
  });

  it('leaves text as it is that only looks like more', () => {
    expect(plain('2 < 3 & 4 > 1, "so" it is; a_b_c &lt;')).toBe('2 < 3 & 4 > 1, "so" it is; a_b_c <');
    expect(plain('<b>html</b> stays')).toContain('<b>html</b> stays');
    expect(plain('- [x] done\n- [ ] open')).toBe('- [x] done\n- [ ] open');
  });

  it('lets nothing in the text write to the terminal', () => {
    expect(plain('# a\u001b]0;owned\u0007b\n\n`\u001b[2J` \u009b31m [x](javascript:\u001b[1m)\n\n&#27;[31m &#x9b;2J')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(plain(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u);
      }),
    );
  });

  it('is quick about a long one', () => {
    const begun = performance.now();
    plain('some words of a long answer that goes on and on '.repeat(5000));
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
