// SPDX-License-Identifier: Apache-2.0
#include "io/report/report_style.h"

namespace ecocube {

std::string_view report_style() {
  return R"css(
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1d2522; --soft: #5d6a65; --line: #e0e0d8;
  --accent: #14735c; --bar: #b9ddd0; --right: 20, 115, 92; --wrong: 201, 91, 32; --over: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121615; --card: #1a201e; --ink: #e6ebe8; --soft: #9aa8a2; --line: #2e3734;
    --accent: #5cc7a6; --bar: #23594a; --right: 64, 170, 138; --wrong: 224, 120, 62; --over: #ffffff;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body {
  margin: 0; padding: 0 clamp(1rem, 4vw, 3rem) 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
}
main, header, footer { max-width: 70rem; margin: 0 auto; }
header { padding: 3rem 0 1.5rem; }
h1 { font-size: clamp(1.7rem, 4.5vw, 2.5rem); line-height: 1.15; letter-spacing: -.02em; margin: .2rem 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; letter-spacing: -.01em; margin: 3rem 0 .4rem; }
p { margin: .4rem 0 1rem; max-width: 46rem; }
.kicker { color: var(--accent); font-weight: 600; font-size: .85rem; letter-spacing: .08em; text-transform: uppercase; margin: 0; }
.lead, .soft, figcaption { color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; margin: 0; padding: 0; list-style: none; color: var(--soft); }
.facts b { color: var(--ink); font-variant-numeric: tabular-nums; }
.headline { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .8rem; padding: 1.3rem 1.5rem; }
.card p { margin: .5rem 0 0; }
.card h2 { margin: 0; font-size: 1rem; }
.big { font-size: clamp(3rem, 9vw, 4.6rem); line-height: 1.05; font-weight: 650; letter-spacing: -.035em; color: var(--accent); font-variant-numeric: tabular-nums; }
.mid { font-size: clamp(2rem, 6vw, 2.9rem); line-height: 1.15; font-weight: 600; letter-spacing: -.025em; font-variant-numeric: tabular-nums; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1rem; margin: 1rem 0 0; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: .8rem; padding: .8rem 1.1rem; }
.tiles dt { color: var(--soft); font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.45rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .8rem; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .42rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-weight: 600; font-size: .84rem; vertical-align: bottom; }
thead small { display: block; font-weight: 400; }
th:first-child { text-align: left; position: sticky; left: 0; background: var(--card); z-index: 1; }
tbody th { font-weight: 500; }
tr.chosen th, tr.chosen td { font-weight: 650; }
tr.chosen th { color: var(--accent); }
td.bar { min-width: 6.2rem; background: linear-gradient(to right, var(--accent) var(--v), var(--line) var(--v)) no-repeat .7rem calc(100% - .22rem) / calc(100% - 1.4rem) .2rem; padding-bottom: .6rem; }
.swatch { display: inline-block; width: .8em; height: .8em; border-radius: .2em; margin-right: .5em; border: 1px solid rgba(127, 127, 127, .45); vertical-align: -.05em; }
.code { font-weight: 650; margin-right: .45em; }
.name { display: inline-block; max-width: 17rem; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom; }
table.matrix { font-size: .85rem; }
table.matrix th, table.matrix td { border: 0; padding: .3rem .4rem; }
table.matrix td { min-width: 3.1rem; text-align: center; border-left: 1px solid var(--card); border-top: 1px solid var(--card); }
table.matrix thead th { text-align: center; color: var(--ink); }
table.matrix thead th:first-child { text-align: left; color: var(--soft); font-weight: 400; }
table.matrix thead .swatch { display: block; width: 100%; height: .35rem; margin: 0 0 .25rem; }
table.matrix td.right { background: rgba(var(--right), var(--a)); }
table.matrix td.wrong { background: rgba(var(--wrong), var(--a)); }
table.matrix td.strong { color: var(--over); }
table.matrix td.none { color: var(--line); }
table.matrix td.sum, table.matrix th.sum { color: var(--soft); }
table.matrix.dense { width: auto; font-size: .7rem; }
table.matrix.dense td { min-width: 2rem; padding: .2rem .15rem; }
table.dense .name { max-width: 11rem; }
.pair { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 0 2.5rem; align-items: start; }
figure { margin: 0; }
figure svg { width: 100%; max-width: 27rem; height: auto; display: block; }
svg text { fill: var(--soft); font-size: 11px; font-family: inherit; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .ideal { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 4; }
svg .curve { fill: none; stroke: var(--accent); stroke-width: 2; }
svg .dot { fill: var(--accent); stroke: var(--card); stroke-width: 1.5; }
svg .weight { fill: var(--bar); }
svg .told { fill: var(--accent); }
figure svg.map { border: 1px solid var(--line); border-radius: .8rem; background: var(--card); }
.ranking { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr) max-content; gap: .22rem .8rem; align-items: center; margin: 0; font-size: .88rem; font-variant-numeric: tabular-nums; }
.ranking dt { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 14rem; }
.ranking dd { margin: 0; }
.ranking i { display: block; height: .8rem; min-width: 2px; width: var(--v); background: var(--accent); border-radius: 0 .25rem .25rem 0; }
.notes { padding-left: 1.2rem; margin: .4rem 0; }
.settings { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 0 2.5rem; margin: .6rem 0; font-size: .92rem; }
.settings div { display: flex; justify-content: space-between; gap: 1rem; border-bottom: 1px solid var(--line); padding: .35rem 0; }
.settings dt { color: var(--soft); }
.settings dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
footer { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .88rem; }
@media (max-width: 46rem) {
  header { padding-top: 1.8rem; }
  .headline, .pair { grid-template-columns: minmax(0, 1fr); }
  th, td { padding: .42rem .55rem; }
  td.bar { background-position: .55rem calc(100% - .22rem); background-size: calc(100% - 1.1rem) .2rem; padding-bottom: .6rem; min-width: 5rem; }
  .tiles { grid-template-columns: 1fr 1fr; gap: .7rem; }
  .name { max-width: 9rem; }
  table.matrix .name { display: none; }
  .ranking dt { max-width: 9.5rem; }
}
@media print {
  :root { --paper: #fff; --card: #fff; }
  body { padding: 0; font-size: 10pt; }
  header { padding-top: 0; }
  .card, .tiles div, tr, figure { break-inside: avoid; }
  h2 { break-after: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  table.dense { font-size: 5pt; }
}
)css";
}

}  // namespace ecocube
