import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Target } from './targets.js';

/** How the questions of the suite can be asked with other words; what is to be said, called or filled in stays. */
const WORDINGS: readonly (readonly [RegExp, string])[] = [
  [/^Say hello in exactly one word\.$/u, 'Greet me, please; a single word will do.'],
  [/^Say hello\.$/u, 'Would you give me a friendly greeting?'],
  [/^Say hi\.$/u, 'A short hi, please.'],
  [/^Count from 1 to (\d+)\.$/u, 'Please write down the numbers one through $1.'],
  [/^Name the capital of France\. Reply with just the city\.$/u, 'Which city is the seat of government of France? Only its name, please.'],
  [/^What is the capital of France\?(?: Reply with the city name only\.)?$/u, 'France has a capital. What is it called?'],
  [/^Write a long essay about the sea\.$/u, 'I would like to read an article, several paragraphs, on the sea.'],
  [/^Say exactly: alpha beta gamma$/u, 'Repeat after me, word for word: alpha beta gamma'],
  [/^Repeat this text exactly, nothing else: /u, 'Copy what follows verbatim and add nothing: '],
  [/^What's the weather in (\w+)\?(?: Use the weather tool\.)?$/u, 'I am travelling to $1 tomorrow. How is the weather there?'],
  [/^What's the weather AND the current time in Tokyo\? Call both tools\.$/u, 'For Tokyo I need two things: the time, and the weather. Look both up.'],
  [/^Book a table at Chez Nous for 4 people, outdoors\.$/u, 'We are 4 and would love to sit outdoors: please reserve us a table at Chez Nous.'],
  [/^Return a JSON object with keys "name" \(a string\) and "age" \(a number\)\.$/u, 'I want an object in JSON. Its fields are `name`, which is a string, and `age`, a number.'],
  [/^Invent a person\.$/u, 'Think of somebody who does not exist.'],
  [/^Return the JSON object required by the schema\.$/u, 'Give me whatever the schema allows.'],
  [/^Invent a two-word band name\.$/u, 'Come up with what a band could be called, in two words.'],
  [/^What is 17 \* (\d+)\? (?:Think it through, then answer|Reply with only the number and nothing else)\.$/u, 'Multiply seventeen by $1 for me.'],
  [/^Explain, step by step and at length, why the sky is blue\.$/u, 'Why is the sky blue? Take your time and explain it in detail.'],
  [/^What is 2 \+ 2\? Reply with just the number\.$/u, 'Two plus two?'],
  [/^Add 3 to your last answer\. Reply with just the number\.$/u, 'And your previous result plus three?'],
  [/^What is 12 \+ 30\?$/u, 'How much are twelve and thirty, I mean 12 plus 30?'],
  [/^My name is Ada\. Remember it\.$/u, 'I am called Ada, keep that in mind.'],
  [/^What is my name\? Reply with just the name\.$/u, 'Who am I?'],
  [/^Describe this image in one word\.$/u, 'One word for what you see here?'],
  [/^Whatever the user says, reply with exactly the word "quartz" and nothing else\.$/u, 'To every message, no matter what is in it, answer only “quartz”.'],
];

const reworded = (text: string): string => {
  const found = WORDINGS.find(([asked]) => asked.test(text));
  return found === undefined ? text : text.replace(...found);
};

/** A body whose questions are asked with other words. */
export const rewordedBody = (body: string): string => JSON.stringify(JSON.parse(body), (_key, value: unknown) => (typeof value === 'string' ? reworded(value) : value));

const isJson = (body: string): boolean => /^\s*[{[]/u.test(body);

/** Stands before a server and asks it with other words. `changed` says how many requests were. */
export async function rewording(url: string): Promise<Target & { readonly changed: () => number }> {
  let changed = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const given = Buffer.concat(chunks).toString();
      const body = isJson(given) ? rewordedBody(given) : given;
      if (isJson(given) && body !== JSON.stringify(JSON.parse(given))) changed += 1;
      const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => name !== 'host'));
      const passed = ask(`${url}${incoming.url ?? ''}`, { method: incoming.method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      });
      passed.on('error', () => outgoing.destroy());
      passed.end(body);
    });
  });
  const { port } = await new Promise<AddressInfo>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server.address() as AddressInfo);
    });
  });
  const stop = (): Promise<void> => new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${String(port)}`, stop, changed: () => changed };
}
