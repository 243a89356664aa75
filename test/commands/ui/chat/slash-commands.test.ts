import { describe, expect, it } from '@jest/globals';
import { atPathAtEnd } from '../../../../src/commands/ui/chat/at-paths.js';
import { goesOn, questionOf } from '../../../../src/commands/ui/chat/question-text.js';
import { SLASH_COMMANDS, commandsLike, findCommand, readSlash } from '../../../../src/commands/ui/chat/slash-commands.js';

describe('a line of a conversation', () => {
  it('is a command when it begins with a slash and a word', () => {
    expect(readSlash('/votes 2')).toMatchObject({ type: 'command', command: { name: 'votes' }, rest: '2' });
    expect(readSlash('/V')).toMatchObject({ type: 'command', command: { name: 'votes' } });
    expect(readSlash('/?')).toMatchObject({ type: 'command', command: { name: 'help' } });
    expect(readSlash('/nope')).toEqual({ type: 'unknown', name: 'nope' });
    for (const text of ['/usr/bin is full, why?', 'what does /help do?']) expect(readSlash(text)).toEqual({ type: 'question', text });
    expect(readSlash('//help me')).toEqual({ type: 'question', text: '/help me' });
  });

  it.each(['quit', 'exit', 'q', 'reset', 'clear'])('is a command without a slash when it is the word %s alone', (word) => {
    expect(readSlash(word).type).toBe('command');
    expect(readSlash(`${word} is a word`).type).toBe('question');
  });

  it.each(['help', 'h', '?', 'status', 'config', 'context', 'inspect', 'i', 'votes', 'vote', 'v', 'cost', 'c', 'answers', 'b', 'timeline', 't', 'events', 'o', 'model', 'agents', 'save', 'clear', 'reset', 'cancel', 'workspace', 'w', 'metrics', 'm', 'files', 'history', 'quit', 'exit', 'q'])('knows /%s', (name) => {
    expect(findCommand(name)).toBeDefined();
  });

  it('has each name once', () => {
    const names = SLASH_COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    expect(commandsLike('st')).toEqual(['status']);
  });

  it('goes on in the next one while quotes are open or a backslash ends it', () => {
    expect(['"""', '"""a', "'''a\nb", 'a\\', '"""a""" b'].map(goesOn)).toEqual([true, true, true, true, true]);
    expect(['a', '"""a"""', '""""""', "'''\na\n'''", 'say """ twice'].map(goesOn)).toEqual([false, false, false, false, false]);
    expect(['"""a\nb"""', '"""\na\n"""', 'a\\\nb', ' a ', '"""a'].map(questionOf)).toEqual(['a\nb', 'a', 'a\nb', 'a', 'a']);
  });

  it('ends with an unfinished path after an @, which an address is not', () => {
    expect(atPathAtEnd('read @src/a')).toEqual({ from: 6, typed: 'src/a', quoted: false });
    expect(atPathAtEnd('read @"my f')).toEqual({ from: 6, typed: 'my f', quoted: true });
    expect(atPathAtEnd('me@here')).toBeUndefined();
    expect(atPathAtEnd('read @src/a now')).toBeUndefined();
  });
});
