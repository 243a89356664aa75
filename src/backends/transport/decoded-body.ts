import { pipeline, type Transform } from 'node:stream';
import { MassgenError } from '../../errors.js';
import type { Body } from './body.js';

/** A decoder of a content coding (RFC 9110, 8.4.1) that gives what it can of a body that breaks off: what is missing the reader of the reply notices. */
async function decoderOf(coding: string): Promise<Transform> {
  const { constants, createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH });
    case 'deflate':
      return createInflate({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH });
    case 'br':
      return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH });
    default:
      throw new MassgenError('backend-garbage', `the reply is compressed as ${JSON.stringify(coding)}, which nobody asked for`);
  }
}

async function* decoded(body: Body, decoder: Transform): AsyncGenerator<Uint8Array> {
  // What goes wrong in it, its reader hears.
  pipeline(body, decoder, () => undefined);
  try {
    yield* decoder as AsyncIterable<Uint8Array>;
  } finally {
    await body[Symbol.asyncIterator]().return?.();
  }
}

/** What a body is without its coding. Requests ask for none, but some gateways compress all the same. Fails for a coding that is not known. */
export async function decodedBody(body: Body, coding: string): Promise<Body> {
  if (coding === '' || coding === 'identity') return body;
  const decoder = await decoderOf(coding).catch((thrown: unknown) => {
    body.drop();
    throw thrown;
  });
  const bytes = decoded(body, decoder);
  return {
    [Symbol.asyncIterator]: () => bytes,
    drop: () => {
      body.drop();
    },
  };
}
