// Plays the offline demo in tmux, photographs the screen as it changes, and writes the photographs as one moving SVG: demo-svg.js FILE.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const [COLUMNS, ROWS] = [124, 34];
const [WIDTH, HEIGHT, MARGIN] = [7.25, 16, 14];
const [EVERY_MS, LAST_MS, LIMIT_MS] = [250, 4000, 20_000];
const COLOURS = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 34: '#79c0ff', 35: '#d2a8ff', 36: '#56d4dd' };

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'massgen-demo-'));
const tmux = (...args) => execFileSync('tmux', ['-S', path.join(folder, 'socket'), '-f', '/dev/null', ...args], { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color' } });

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const PLAIN = { bold: false, dim: false, colour: null };

/** The pieces of a captured row, each with its style; tmux lets a style go on from row to row. */
function pieces(row, before) {
  const found = [];
  let style = before;
  for (const [, codes, text] of `\u001b[m${row}`.matchAll(/\u001b\[([\d;]*)m([^\u001b]*)/g)) {
    for (const code of codes === '' ? [] : codes.split(';').map(Number)) {
      if (code === 0) style = PLAIN;
      else if (code === 1) style = { ...style, bold: true };
      else if (code === 2) style = { ...style, dim: true };
      else if (code === 22) style = { ...style, bold: false, dim: false };
      else if (code === 39) style = { ...style, colour: null };
      else if (code in COLOURS) style = { ...style, colour: COLOURS[code] };
    }
    if (text !== '') found.push({ text, ...style });
  }
  return { found, style };
}

function rowSvg(found, place) {
  let column = 0;
  const spans = found.map(({ text, bold, dim, colour }) => {
    const x = (MARGIN + column * WIDTH).toFixed(1);
    column += text.length;
    const look = `${colour === null ? '' : ` fill="${colour}"`}${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity=".6"' : ''}`;
    return text.trim() === '' ? '' : `<tspan x="${x}" textLength="${(text.trimEnd().length * WIDTH).toFixed(1)}"${look}>${escaped(text.trimEnd())}</tspan>`;
  });
  return spans.join('') === '' ? '' : `<text xml:space="preserve" y="${MARGIN + (place + 1) * HEIGHT}">${spans.join('')}</text>`;
}

function screenSvg(screen) {
  let style = PLAIN;
  const rows = screen.split('\n').map((row) => {
    const read = pieces(row, style);
    ({ style } = read);
    return read.found;
  });
  return rows.map(rowSvg).join('');
}

function svg(photographs) {
  const total = photographs.at(-1).at + LAST_MS;
  const frames = photographs.map(({ screen, at }, place) => {
    const [from, to] = [at / total, (photographs[place + 1]?.at ?? total) / total].map((share) => share.toFixed(4));
    const times = place === 0 ? `0;${to};1` : `0;${from};${to};1`;
    const values = place === 0 ? 'inline;none;none' : `none;inline;${place === photographs.length - 1 ? 'inline;inline' : 'none;none'}`;
    return `<g display="none"><animate attributeName="display" values="${values}" keyTimes="${times}" dur="${(total / 1000).toFixed(2)}s" calcMode="discrete" repeatCount="indefinite"/>${screenSvg(screen)}</g>`;
  });
  const [width, height] = [COLUMNS * WIDTH + 2 * MARGIN, ROWS * HEIGHT + 2.5 * MARGIN];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="massgen run in a terminal: three agents answer, read each other, vote; the winner's answer follows">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="12" fill="#e6edf3">
${frames.join('\n')}
</g>
</svg>
`;
}

async function photograph() {
  const command = `node '${path.join(root, 'bin/run.js')}' run --config @examples/offline_demo "Why is the sky blue?"; sleep 60`;
  tmux('new-session', '-d', '-x', String(COLUMNS), '-y', String(ROWS), '-c', folder, command);
  const found = [];
  const begun = performance.now();
  for (let at = 0; at < LIMIT_MS; at = performance.now() - begun) {
    const screen = tmux('capture-pane', '-p', '-e').replace(/\n+$/, '').replaceAll(folder, '~');
    if (screen.trim() !== '' && screen !== found.at(-1)?.screen) found.push({ screen, at });
    if (/\nlog: .*\n[^]*scripted/.test(screen)) break;
    await sleep(EVERY_MS);
  }
  const first = found[0].at;
  return found.map(({ screen, at }) => ({ screen, at: at - first }));
}

try {
  writeFileSync(process.argv[2] ?? 'demo.svg', svg(await photograph()));
} finally {
  tmux('kill-server');
  rmSync(folder, { recursive: true, force: true });
}
