import { framesOf, type Frame, type TestServer } from './server.js';

/** A request for a message; one question unless said otherwise. */
export const messageBody = (more: object = {}): object => ({ model: 'massgen', max_tokens: 1000, messages: [{ role: 'user', content: 'Hello!' }], ...more });

export const askMessage = ({ post }: TestServer, more: object = {}, init?: RequestInit): Promise<Response> => post('/v1/messages', messageBody(more), init);

export async function streamMessage(server: TestServer, more: object = {}): Promise<readonly Frame[]> {
  return framesOf(await (await askMessage(server, { stream: true, ...more })).text());
}

/** A PNG's first bytes: what is looked at. */
export const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64');
export const picture = (data: string = PNG, mediaType = 'image/png'): object => ({ type: 'image', source: { type: 'base64', media_type: mediaType, data } });

export const WEATHER = { name: 'get_weather', description: 'The weather of a city.', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] } };
