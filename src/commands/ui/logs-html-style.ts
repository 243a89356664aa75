/** The style of an exported session: no fonts, pictures or scripts from anywhere, light and dark. */
export const HTML_STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --rule: #d9d9e0; --paper: #fff; --panel: #f6f6f9;
  --answer: #3e63dd; --vote: #30a46c; --present: #8e4ec6; --evaluate: #e5a000; --solo: #3e63dd; --bad: #d13415; --win: #ad7f00; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #b0b4ba; --rule: #363a3f; --paper: #111113; --panel: #18191b;
  --answer: #849dff; --vote: #3dd68c; --present: #d19dff; --evaluate: #ffca16; --solo: #849dff; --bad: #ff977d; --win: #ffd60a; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.2rem; margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: 1rem; } h3 { font-size: 1rem; margin: 2rem 0 .5rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; padding: .8rem 1rem; font: 14px/1.5 ui-monospace, monospace; }
.final { border-color: var(--win); } .scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; } th { color: var(--soft); font-weight: 500; white-space: nowrap; }
td.number { text-align: right; white-space: nowrap; } tr.superseded { color: var(--soft); } .failed, .crashed, .unreadable, .timeout { color: var(--bad); } summary { cursor: pointer; }
svg { width: 100%; height: auto; background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .tick { fill: var(--soft); font-size: 11px; } svg .grid { stroke: var(--rule); } svg .name.winner { font-weight: 700; }
.bar { fill: var(--soft); opacity: .55; } .bar.answer { fill: var(--answer); } .bar.solo { fill: var(--solo); } .bar.vote { fill: var(--vote); } .bar.present { fill: var(--present); } .bar.evaluate { fill: var(--evaluate); } .bar.broken { fill: var(--bad); }
.mark { stroke: var(--paper); stroke-width: 1.5; } .mark.answer { fill: var(--answer); } .mark.vote { fill: var(--vote); } .mark.fail { stroke: var(--bad); stroke-width: 3; fill: none; } .mark.final { fill: none; stroke: var(--win); stroke-width: 3; }
.box { fill: var(--paper); stroke: var(--rule); } .box.winner { stroke: var(--win); stroke-width: 2; } .arrow { fill: none; stroke: var(--vote); stroke-width: 2; } .tip { fill: var(--vote); }
.superseded .arrow { stroke: var(--soft); stroke-dasharray: 5 5; stroke-width: 1.5; opacity: .6; } .superseded .tip { fill: var(--soft); opacity: .6; } .legend { color: var(--soft); font-size: .85rem; }
`;
