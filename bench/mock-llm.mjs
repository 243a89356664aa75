#!/usr/bin/env node
// Mock OpenAI-compatible provider: POST /v1/chat/completions, POST /v1/responses, GET /v1/models.
// No dependencies. Behaviour is a profile (DEFAULT_PROFILE below); later sources win: command line < script's model profile
// < script's step profile < model name ("mock;ttft=50;chunks=64") < headers ("x-mock-ttft: 50"). A script names, per model,
// `steps` of `new_answer`, `vote`, `text` or `tool`: `select: "counter"` plays step n on the n-th call, otherwise the first step
// whose `when` matches is played; without a script an agent answers until answers are listed, then votes for the first.
// Admin: GET /__mock/log, /__mock/stats; POST /__mock/reset, /__mock/config, /__mock/script, /__mock/exit.
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { now } from './lib/clock.mjs';

// ---------------------------------------------------------------- behaviour profile
export const DEFAULT_PROFILE = Object.freeze({
  ttft: 0, //            ms from "request fully read" to the first body byte
  delay: 0, //           ms between chunks (0: all chunks in one write)
  jitter: 0, //          +/- ms, uniform, on ttft and delay (seeded)
  chunks: 16, //         content chunks of a text answer / new_answer
  size: 16, //           characters per chunk
  stamp: 0, //           1: every content chunk starts with @@<monotonic ms>@@
  split: 0, //           1: with delay=0, still one socket write per chunk
  headers: 0, //         1: flush response headers at once instead of with the first chunk
  error: '', //          429|500|503|400|401|reset|hang|stall|malformed|truncate|garbage|sse_error
  error_after: 0, //     chunks sent before reset/stall/malformed/truncate/sse_error
  error_rate: 1, //      probability that `error` applies
  error_first: 0, //     if >0: apply `error` only to the first n calls of a (session, model)
  retry_after: 1, //     seconds, sent with 429/503
  max_hang: 60000, //    ms after which a hang/stall is closed (keeps every run bounded)
});
const NUMERIC = new Set(Object.keys(DEFAULT_PROFILE).filter((k) => k !== 'error'));

function coerce(key, value) {
  if (key === 'error') return String(value);
  return NUMERIC.has(key) ? Number(value) : value;
}

/** "fast;ttft=50;chunks=64" -> {ttft:50, chunks:64}: lets a plain model name carry a profile. */
export function profileFromModelName(model) {
  const out = {};
  const i = model.indexOf(';');
  if (i < 0) return out;
  for (const part of model.slice(i + 1).split(';')) {
    const eq = part.indexOf('=');
    if (eq > 0 && part.slice(0, eq) in DEFAULT_PROFILE) out[part.slice(0, eq)] = coerce(part.slice(0, eq), part.slice(eq + 1));
  }
  return out;
}

function profileFromHeaders(headers) {
  let out = null;
  for (const name in headers) {
    if (!name.startsWith('x-mock-')) continue;
    const key = name.slice(7).replace(/-/g, '_');
    if (key in DEFAULT_PROFILE) (out ??= {})[key] = coerce(key, headers[name]);
  }
  return out;
}

// ---------------------------------------------------------------- reading the request
function textOf(content) {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map((p) => (typeof p === 'string' ? p : p?.text ?? '')).join('');
  return '';
}

/** Normalises a chat or responses body to {text, tools:Set, voteEnum, answered}. */
function readPrompt(body, isResponses) {
  let text = '';
  let answered = false;
  if (isResponses) {
    if (typeof body.instructions === 'string') text += body.instructions + '\n';
    if (typeof body.input === 'string') text += body.input;
    else
      for (const it of body.input ?? []) {
        if (it?.type === 'function_call') answered ||= it.name === 'new_answer';
        else text += textOf(it?.content) + '\n';
      }
  } else {
    for (const m of body.messages ?? []) {
      text += textOf(m.content) + '\n';
      if (m.tool_calls) answered ||= m.tool_calls.some((c) => c.function?.name === 'new_answer');
    }
  }
  const tools = new Set();
  let voteEnum = null;
  for (const t of body.tools ?? []) {
    const f = t.function ?? t;
    if (!f?.name) continue;
    tools.add(f.name);
    if (f.name === 'vote') voteEnum = f.parameters?.properties?.agent_id?.enum ?? null;
  }
  return { text, tools, voteEnum, answered };
}

const LISTED = /<(agent[\w.:-]*)>/gi;
/** Agent ids in the order in which the prompt lists their answers (<agent1> ... <end of agent1>). */
export function listedAgents(text, re = LISTED) {
  const seen = new Set();
  for (const m of text.matchAll(re)) seen.add(m[1]);
  return [...seen];
}

function pickVote(choice, listed, voteEnum) {
  const pool = listed.length ? listed : voteEnum ?? ['agent1'];
  let id;
  if (choice === 'first' || choice == null || choice === true) id = pool[0];
  else if (choice === 'last') id = pool.at(-1);
  else if (/^\d+$/.test(String(choice))) id = pool[Math.min(Number(choice), pool.length - 1)];
  else id = String(choice);
  // A prompt may show versioned labels (agent1.2) while the tool only accepts agent1.
  if (voteEnum && !voteEnum.includes(id)) id = voteEnum.find((e) => id === e || id.startsWith(e + '.')) ?? voteEnum[0];
  return id;
}

// ---------------------------------------------------------------- deciding the step
function matches(when, ctx) {
  if (!when) return true;
  if (when.hasTool != null && !ctx.tools.has(when.hasTool)) return false;
  if (when.noTools && ctx.tools.size) return false;
  if (when.answersListed != null && ctx.listed.length < when.answersListed) return false;
  if (when.promptMatch != null && !new RegExp(when.promptMatch, 's').test(ctx.text)) return false;
  if (when.call != null && ctx.call !== when.call) return false;
  return true;
}

/** MassGen-style default: new_answer while nothing is listed, then vote for the first listed id. */
function defaultStep(ctx) {
  const canAnswer = ctx.tools.has('new_answer');
  const canVote = ctx.tools.has('vote');
  if (canVote && (!canAnswer || ctx.listed.length || ctx.answered)) return { vote: 'first' };
  if (canAnswer) return { new_answer: true };
  return { text: true };
}

function decide(script, plugin, ctx) {
  if (plugin) {
    const s = plugin(ctx);
    if (s) return s;
  }
  const entry = script?.models?.[ctx.model] ?? script?.models?.[ctx.model.split(';')[0]] ?? script?.models?.['*'];
  const steps = entry?.steps;
  if (!steps?.length) return defaultStep(ctx);
  if (entry.select === 'counter') return steps[Math.min(ctx.call, steps.length - 1)];
  return steps.find((s) => matches(s.when, ctx)) ?? defaultStep(ctx);
}

// ---------------------------------------------------------------- producing text
const FILL = 'the quick brown fox jumps over the lazy dog while seven agents vote on one good answer ';
function piece(i, size) {
  const s = `t${i} `;
  if (s.length >= size) return s.slice(0, size);
  const off = (i * 7) % FILL.length;
  return s + (FILL + FILL).slice(off, off + size - s.length).padEnd(size - s.length, '.');
}
const pieceCache = new Map();
function pieces(n, size) {
  const key = n * 4096 + size;
  let a = pieceCache.get(key);
  if (!a) {
    a = Array.from({ length: n }, (_, i) => piece(i, size));
    if (pieceCache.size < 512) pieceCache.set(key, a);
  }
  return a;
}
function splitText(s, size) {
  const out = [];
  for (let i = 0; i < s.length; i += size) out.push(s.slice(i, i + size));
  return out.length ? out : [''];
}
const esc = (s) => JSON.stringify(s).slice(1, -1);

/** A step becomes an ordered list of outputs: {kind:'text', parts} or {kind:'tool', name, args}. */
function materialise(step, ctx, p) {
  const outputs = [];
  const long = (v) => (typeof v === 'string' ? v : pieces(v?.chunks ?? p.chunks, p.size).join(''));
  if (step.text != null && step.text !== false)
    outputs.push({ kind: 'text', parts: typeof step.text === 'string' ? splitText(step.text, p.size) : pieces(step.text?.chunks ?? p.chunks, p.size) });
  if (step.new_answer) outputs.push({ kind: 'tool', name: 'new_answer', args: JSON.stringify({ content: long(step.new_answer) }) });
  if (step.vote != null && step.vote !== false)
    outputs.push({ kind: 'tool', name: 'vote', args: JSON.stringify({ agent_id: pickVote(step.vote, ctx.listed, ctx.voteEnum), reason: 'clear and complete' }) });
  for (const t of step.tools ?? (step.tool ? [step.tool] : []))
    outputs.push({ kind: 'tool', name: t.name, args: typeof t.arguments === 'string' ? t.arguments : JSON.stringify(t.arguments ?? {}) });
  if (!outputs.length) outputs.push({ kind: 'text', parts: pieces(p.chunks, p.size) });
  return outputs;
}

// ---------------------------------------------------------------- wire formats
// Both formats return an array of SSE frames; frames flagged `c` carry content (they count as chunks
// and may be stamped). A frame is {c:boolean, s:string} or {c:true, f:(stamp)=>string}.
const STAMP = () => `@@${now().toFixed(3)}@@`;

function chatFrames(id, model, outputs, p, usage) {
  const created = 1700000000;
  const head = `data: {"id":"${id}","object":"chat.completion.chunk","created":${created},"model":"${esc(model)}","choices":[{"index":0,"delta":`;
  const tail = ',"finish_reason":null}]}\n\n';
  const frames = [{ c: false, s: `${head}{"role":"assistant","content":${outputs[0].kind === 'text' ? '""' : 'null'}}${tail}` }];
  let toolIndex = 0;
  for (const o of outputs) {
    if (o.kind === 'text') {
      for (const t of o.parts) {
        const e = esc(t);
        frames.push(p.stamp ? { c: true, f: () => `${head}{"content":"${STAMP()}${e}"}${tail}` } : { c: true, s: `${head}{"content":"${e}"}${tail}` });
      }
    } else {
      const k = toolIndex++;
      frames.push({ c: false, s: `${head}{"tool_calls":[{"index":${k},"id":"call_${id.slice(9)}_${k}","type":"function","function":{"name":"${o.name}","arguments":""}}]}${tail}` });
      for (const t of splitText(o.args, p.size)) frames.push({ c: true, s: `${head}{"tool_calls":[{"index":${k},"function":{"arguments":"${esc(t)}"}}]}${tail}` });
    }
  }
  const last = `data: {"id":"${id}","object":"chat.completion.chunk","created":${created},"model":"${esc(model)}","choices":[{"index":0,"delta":{},"finish_reason":"${toolIndex ? 'tool_calls' : 'stop'}"}]}\n\n`;
  const use = usage
    ? `data: {"id":"${id}","object":"chat.completion.chunk","created":${created},"model":"${esc(model)}","choices":[],"usage":{"prompt_tokens":${usage.in},"completion_tokens":${usage.out},"total_tokens":${usage.in + usage.out}}}\n\n`
    : '';
  frames.push({ c: false, end: true, s: last + use + 'data: [DONE]\n\n' });
  return frames;
}

function chatBody(id, model, outputs, usage) {
  const calls = outputs.filter((o) => o.kind === 'tool').map((o, k) => ({ id: `call_${id.slice(9)}_${k}`, type: 'function', function: { name: o.name, arguments: o.args } }));
  const text = outputs.filter((o) => o.kind === 'text').map((o) => o.parts.join('')).join('');
  const message = { role: 'assistant', content: calls.length && !text ? null : text, refusal: null };
  if (calls.length) message.tool_calls = calls;
  return {
    id, object: 'chat.completion', created: 1700000000, model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: calls.length ? 'tool_calls' : 'stop' }],
    usage: { prompt_tokens: usage.in, completion_tokens: usage.out, total_tokens: usage.in + usage.out },
  };
}

function responseObject(id, model, outputs, usage, status) {
  const output = outputs.map((o, k) =>
    o.kind === 'text'
      ? { type: 'message', id: `msg_${id.slice(5)}_${k}`, status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: o.parts.join(''), annotations: [] }] }
      : { type: 'function_call', id: `fc_${id.slice(5)}_${k}`, call_id: `call_${id.slice(5)}_${k}`, name: o.name, arguments: o.args, status: 'completed' },
  );
  const done = status === 'completed';
  return {
    id, object: 'response', created_at: 1700000000, status, error: null, incomplete_details: null, instructions: null, model,
    output: done ? output : [], parallel_tool_calls: true, tool_choice: 'auto', tools: [], temperature: 1, top_p: 1, metadata: {},
    usage: done ? { input_tokens: usage.in, input_tokens_details: { cached_tokens: 0 }, output_tokens: usage.out, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: usage.in + usage.out } : null,
  };
}

function responseFrames(id, model, outputs, p, usage) {
  let seq = 0;
  const ev = (type, data) => `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: seq++, ...data })}\n\n`;
  const frames = [{ c: false, s: ev('response.created', { response: responseObject(id, model, outputs, usage, 'in_progress') }) + ev('response.in_progress', { response: responseObject(id, model, outputs, usage, 'in_progress') }) }];
  const full = responseObject(id, model, outputs, usage, 'completed');
  outputs.forEach((o, k) => {
    const item = full.output[k];
    if (o.kind === 'text') {
      const at = { item_id: item.id, output_index: k, content_index: 0 };
      frames.push({ c: false, s: ev('response.output_item.added', { output_index: k, item: { ...item, status: 'in_progress', content: [] } }) + ev('response.content_part.added', { ...at, part: { type: 'output_text', text: '', annotations: [] } }) });
      for (const t of o.parts) {
        const n = seq++;
        const head = `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":${n},"item_id":"${item.id}","output_index":${k},"content_index":0,"delta":"`;
        const e = esc(t);
        frames.push(p.stamp ? { c: true, f: () => `${head}${STAMP()}${e}","logprobs":[]}\n\n` } : { c: true, s: `${head}${e}","logprobs":[]}\n\n` });
      }
      const text = o.parts.join('');
      frames.push({ c: false, s: ev('response.output_text.done', { ...at, text, logprobs: [] }) + ev('response.content_part.done', { ...at, part: { type: 'output_text', text, annotations: [] } }) + ev('response.output_item.done', { output_index: k, item }) });
    } else {
      frames.push({ c: false, s: ev('response.output_item.added', { output_index: k, item: { ...item, arguments: '', status: 'in_progress' } }) });
      for (const t of splitText(o.args, p.size)) frames.push({ c: true, s: ev('response.function_call_arguments.delta', { item_id: item.id, output_index: k, delta: t }) });
      frames.push({ c: false, s: ev('response.function_call_arguments.done', { item_id: item.id, output_index: k, name: o.name, arguments: o.args }) + ev('response.output_item.done', { output_index: k, item }) });
    }
  });
  frames.push({ c: false, end: true, s: ev('response.completed', { response: full }) });
  return frames;
}

// ---------------------------------------------------------------- server
const SSE_HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
const frameText = (f) => f.s ?? f.f();

export function startMock(opts = {}) {
  const state = {
    defaults: { ...DEFAULT_PROFILE, ...(opts.defaults ?? {}) },
    script: opts.script ?? null,
    plugin: opts.plugin ?? null,
    log: [], logLimit: opts.logLimit ?? 200000, dropped: 0, sink: opts.logFile ? fs.createWriteStream(opts.logFile, { flags: 'a' }) : null,
    calls: new Map(), seq: 0, inflight: 0, maxInflight: 0, seed: 12345,
  };
  const random = () => {
    state.seed = (Math.imul(state.seed, 1664525) + 1013904223) >>> 0;
    return state.seed / 4294967296;
  };
  const reset = () => { state.log = []; state.dropped = 0; state.calls.clear(); state.maxInflight = state.inflight; state.seed = 12345; };

  function finish(res, rec, extra) {
    if (rec.t_last) return;
    Object.assign(rec, extra);
    rec.t_last = now();
    state.inflight--;
    if (state.log.length < state.logLimit) state.log.push(rec);
    else state.dropped++;
    state.sink?.write(JSON.stringify(rec) + '\n');
  }

  function sendJson(res, code, obj, headers) {
    const s = JSON.stringify(obj);
    res.writeHead(code, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(s), ...headers });
    res.end(s);
  }

  function failFast(res, rec, p) {
    const kind = p.error;
    if (kind === '429' || kind === '503') {
      sendJson(res, Number(kind), { error: { message: kind === '429' ? 'Rate limit reached (mock)' : 'Overloaded (mock)', type: kind === '429' ? 'rate_limit_error' : 'server_error', param: null, code: kind === '429' ? 'rate_limit_exceeded' : null } }, { 'retry-after': String(p.retry_after), 'retry-after-ms': String(Math.round(p.retry_after * 1000)), 'x-ratelimit-remaining-requests': '0' });
      finish(res, rec, { status: Number(kind), err: kind });
      return true;
    }
    if (/^\d{3}$/.test(kind)) {
      sendJson(res, Number(kind), { error: { message: `Mock error ${kind}`, type: Number(kind) >= 500 ? 'server_error' : 'invalid_request_error', param: null, code: null } });
      finish(res, rec, { status: Number(kind), err: kind });
      return true;
    }
    if (kind === 'hang') {
      const t = setTimeout(() => { finish(res, rec, { status: 0, err: 'hang' }); res.socket?.destroy(); }, p.max_hang);
      res.on('close', () => { clearTimeout(t); finish(res, rec, { status: 0, err: 'hang', aborted: true }); });
      return true;
    }
    if (kind === 'garbage') {
      res.writeHead(200, { 'content-type': 'text/html' });
      res.end('<html><body>502 Bad Gateway (mock)</body></html>');
      finish(res, rec, { status: 200, err: 'garbage' });
      return true;
    }
    if (kind === 'reset' && !p.error_after) {
      finish(res, rec, { status: 0, err: 'reset' });
      res.socket?.resetAndDestroy();
      return true;
    }
    return false;
  }

  function stream(res, rec, frames, p) {
    let i = 0;
    let sent = 0;
    let timer = null;
    const mid = p.error; // reset | stall | malformed | truncate | sse_error
    res.on('close', () => {
      clearTimeout(timer);
      if (!rec.t_last) finish(res, rec, { aborted: true, chunks: sent });
    });
    const wait = (ms) => Math.max(0, ms + (p.jitter ? (random() * 2 - 1) * p.jitter : 0));
    const begin = () => {
      rec.t_first = now();
      if (!res.headersSent) res.writeHead(200, SSE_HEADERS);
    };
    /** Returns true when the stream has been ended by an injected fault. */
    const fault = () => {
      if (!mid || sent < p.error_after) return false;
      if (mid === 'reset') { finish(res, rec, { err: mid, chunks: sent }); res.socket?.resetAndDestroy(); return true; }
      if (mid === 'truncate') { res.end(); finish(res, rec, { err: mid, chunks: sent }); return true; }
      if (mid === 'stall') { timer = setTimeout(() => { finish(res, rec, { err: mid, chunks: sent }); res.socket?.destroy(); }, p.max_hang); return true; }
      if (mid === 'sse_error') { res.end('data: {"error":{"message":"Mock in-stream error","type":"server_error","code":"server_error"}}\n\n'); finish(res, rec, { err: mid, chunks: sent }); return true; }
      if (mid === 'malformed' && !rec.err) { rec.err = mid; res.write('data: {"id":"bad","choices":[{"index":0,"delta":{"content":"brok\n\ndata:{not json}\n\n: comment\n\n'); }
      return false;
    };
    const all = () => {
      begin();
      if (mid || p.split) {
        for (; i < frames.length; i++) {
          if (frames[i].c && fault()) return;
          const s = frameText(frames[i]);
          if (frames[i].c) sent++;
          if (frames[i].end) break;
          res.write(s);
        }
        res.end(frameText(frames[i]));
      } else {
        let s = '';
        for (const f of frames) { s += frameText(f); if (f.c) sent++; }
        res.end(s);
      }
      finish(res, rec, { status: 200, chunks: sent });
    };
    const next = () => {
      // Frames without content ride along with the next content frame.
      let s = '';
      while (i < frames.length) {
        const f = frames[i];
        if (f.c && fault()) return;
        s += frameText(f);
        i++;
        if (f.end) { res.end(s); finish(res, rec, { status: 200, chunks: sent }); return; }
        if (f.c) { sent++; break; }
      }
      res.write(s);
      // The end frame follows its last chunk at once, as real providers do.
      if (i < frames.length && !frames[i].c) {
        let tail = '';
        let k = i;
        while (k < frames.length && !frames[k].c) k++;
        if (k === frames.length) {
          for (; i < k; i++) tail += frameText(frames[i]);
          res.end(tail);
          finish(res, rec, { status: 200, chunks: sent });
          return;
        }
      }
      timer = setTimeout(next, wait(p.delay));
    };
    const start = p.delay > 0 ? () => { begin(); next(); } : all;
    if (p.headers) { res.writeHead(200, SSE_HEADERS); res.flushHeaders(); }
    const t = wait(p.ttft);
    if (t > 0) timer = setTimeout(start, t);
    else start();
  }

  function complete(req, res, raw, isResponses, tRecv) {
    let body;
    try { body = JSON.parse(raw); } catch { return sendJson(res, 400, { error: { message: 'invalid JSON', type: 'invalid_request_error' } }); }
    const model = String(body.model ?? 'mock');
    const session = String(req.headers['x-mock-session'] ?? body.user ?? body.metadata?.session ?? body.safety_identifier ?? 'default');
    const ctx = readPrompt(body, isResponses);
    ctx.listed = ctx.tools.size ? listedAgents(ctx.text) : [];
    ctx.model = model;
    ctx.session = session;
    ctx.body = body;
    const callKey = session + '\u0000' + model;
    ctx.call = state.calls.get(callKey) ?? 0;
    if (state.calls.size < 500000) state.calls.set(callKey, ctx.call + 1);
    const entry = state.script?.models?.[model] ?? state.script?.models?.[model.split(';')[0]];
    const step = decide(state.script, state.plugin, ctx);
    const p = { ...state.defaults, ...entry?.profile, ...step.profile, ...profileFromModelName(model), ...profileFromHeaders(req.headers) };
    if (p.error && ((p.error_first > 0 && ctx.call >= p.error_first) || (p.error_rate < 1 && random() >= p.error_rate))) p.error = '';
    const outputs = materialise(step, ctx, p);
    const outTokens = outputs.reduce((n, o) => n + (o.kind === 'text' ? o.parts.length : Math.ceil(o.args.length / p.size)), 0);
    const usage = { in: Math.ceil(raw.length / 4), out: outTokens };
    const id = (isResponses ? 'resp_' : 'chatcmpl-') + (++state.seq).toString(36);
    const kind = outputs.map((o) => (o.kind === 'text' ? 'text' : o.name)).join('+');
    const rec = { id, t_recv: tRecv, t_body: now(), t_first: 0, t_last: 0, api: isResponses ? 'responses' : 'chat', model, session, call: ctx.call, stream: !!body.stream, kind, in: usage.in, out: usage.out, status: 200 };
    state.inflight++;
    if (state.inflight > state.maxInflight) state.maxInflight = state.inflight;
    if (p.error && failFast(res, rec, p)) return;
    if (body.stream) {
      const frames = isResponses ? responseFrames(id, model, outputs, p, usage) : chatFrames(id, model, outputs, p, body.stream_options?.include_usage ? usage : null);
      stream(res, rec, frames, p);
      return;
    }
    // Non-stream: the whole generation time passes before the first byte.
    const total = p.ttft + p.delay * Math.max(0, outTokens - 1);
    const send = () => {
      rec.t_first = now();
      sendJson(res, 200, isResponses ? responseObject(id, model, outputs, usage, 'completed') : chatBody(id, model, outputs, usage));
      finish(res, rec, { status: 200, chunks: outTokens });
    };
    if (total > 0) {
      const t = setTimeout(send, total);
      res.on('close', () => { clearTimeout(t); if (!rec.t_last) finish(res, rec, { aborted: true }); });
    } else send();
  }

  function admin(req, res, raw, url) {
    const op = url.pathname.slice('/__mock/'.length);
    if (op === 'reset') { reset(); return sendJson(res, 200, { ok: true }); }
    if (op === 'config') { Object.assign(state.defaults, Object.fromEntries(Object.entries(JSON.parse(raw || '{}')).map(([k, v]) => [k, coerce(k, v)]))); return sendJson(res, 200, state.defaults); }
    if (op === 'script') { state.script = JSON.parse(raw); return sendJson(res, 200, { ok: true }); }
    if (op === 'stats') {
      const tokens = state.log.reduce((a, r) => ((a.in += r.in), (a.out += r.out), a), { in: 0, out: 0 });
      return sendJson(res, 200, { requests: state.seq, logged: state.log.length, dropped: state.dropped, inflight: state.inflight, maxInflight: state.maxInflight, tokens, pid: process.pid, rss: process.memoryUsage.rss() });
    }
    if (op === 'log') {
      const session = url.searchParams.get('session');
      const rows = session ? state.log.filter((r) => r.session === session) : state.log;
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      return res.end(rows.map((r) => JSON.stringify(r)).join('\n') + (rows.length ? '\n' : ''));
    }
    if (op === 'exit') { sendJson(res, 200, { ok: true }); setTimeout(() => process.exit(0), 10); return; }
    sendJson(res, 404, { error: { message: 'unknown admin operation' } });
  }

  const server = http.createServer({ keepAliveTimeout: 120000, requestTimeout: 0, headersTimeout: 0, noDelay: true }, (req, res) => {
    const tRecv = now();
    const chunks = [];
    req.on('data', (c) => chunks.push(c));
    req.on('error', () => {});
    res.on('error', () => {});
    req.on('end', () => {
      const raw = chunks.length === 1 ? chunks[0].toString() : Buffer.concat(chunks).toString();
      const q = req.url.indexOf('?');
      const p = q < 0 ? req.url : req.url.slice(0, q);
      try {
        if (req.method === 'POST' && p.endsWith('/chat/completions')) return complete(req, res, raw, false, tRecv);
        if (req.method === 'POST' && p.endsWith('/responses')) return complete(req, res, raw, true, tRecv);
        if (p.endsWith('/models')) return sendJson(res, 200, { object: 'list', data: ['mock', ...Object.keys(state.script?.models ?? {})].map((id) => ({ id, object: 'model', created: 1700000000, owned_by: 'mock' })) });
        if (p === '/health') return sendJson(res, 200, { status: 'ok' });
        if (p.startsWith('/__mock/')) return admin(req, res, raw, new URL(req.url, 'http://127.0.0.1'));
        sendJson(res, 404, { error: { message: `no route ${req.method} ${p}`, type: 'invalid_request_error' } });
      } catch (e) {
        if (!res.headersSent) sendJson(res, 500, { error: { message: 'mock fault: ' + e.message, type: 'server_error' } });
        else res.destroy();
      }
    });
  });
  server.on('clientError', (_e, socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: opts.port ?? 0, host: '127.0.0.1', backlog: 8192 }, () => resolve({ server, state, reset, port: server.address().port, url: `http://127.0.0.1:${server.address().port}/v1`, close: () => new Promise((r) => { server.closeAllConnections(); server.close(r); }) }));
  });
}

// ---------------------------------------------------------------- command line
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const args = Object.fromEntries(process.argv.slice(2).map((a) => { const m = /^--([\w-]+)(?:=(.*))?$/s.exec(a); return m ? [m[1].replace(/-/g, '_'), m[2] ?? '1'] : [a, '1']; }));
  const defaults = {};
  for (const k of Object.keys(DEFAULT_PROFILE)) if (k in args) defaults[k] = coerce(k, args[k]);
  const script = args.script ? JSON.parse(fs.readFileSync(args.script, 'utf8')) : null;
  const plugin = args.plugin ? (await import(pathToFileURL(path.resolve(args.plugin)))).decide : null;
  const mock = await startMock({ port: Number(args.port ?? 9100), defaults, script, plugin, logFile: args.log });
  process.stdout.write(`mock-llm listening ${mock.url} pid ${process.pid}\n`);
  for (const sig of ['SIGTERM', 'SIGINT']) process.on(sig, () => process.exit(0));
}
