import type { Said } from './conversation.js';
import { whatFollows, type Image } from './images.js';

/** What tools have shown since the last message: a tool's message holds text only, and vendors want all results together. */
export class ShownImages {
  private shown: { readonly of: string; readonly images: readonly Image[] }[] = [];

  /** The text of a result, which says what follows it. */
  take(of: string, text: string, images: readonly Image[]): string {
    if (images.length > 0) this.shown.push({ of, images });
    return [text, ...whatFollows(images)].filter((each) => each !== '').join('\n');
  }

  /** The images as a message behind the results; none where nothing was shown. */
  next(): readonly Said[] {
    if (this.shown.length === 0) return [];
    const text = this.shown.map(({ of, images }) => `(${images.length === 1 ? 'The image is' : `The next ${String(images.length)} images are`} the result of ${of}.)`).join('\n');
    const said: Said = { message: { role: 'user', text, images: this.shown.flatMap(({ images }) => images) }, left: [], aside: true };
    this.shown = [];
    return [said];
  }
}
