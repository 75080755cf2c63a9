// How a report looks. Private to report.cpp.
#pragma once

namespace reeld::engine {

inline constexpr const char* kReportStyle = R"css(
:root { color-scheme: light dark; --paper: #f6f6f3; --card: #fff; --ink: #1c1d20; --quiet: #63666d; --line: #dcdcd6;
  --accent: #1c6e8c; --bad: #b3401f; --bad-paper: #fbe9e1; }
@media (prefers-color-scheme: dark) { :root { --paper: #17181b; --card: #202226; --ink: #e9e9e6; --quiet: #a0a4ac;
  --line: #34373d; --accent: #6bb8d6; --bad: #f09470; --bad-paper: #40271d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1280px; margin: 0 auto; padding: 28px 20px 56px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 10px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 36px 0 12px; }
header { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start; }
header img { width: 420px; max-width: 100%; border-radius: 6px; display: block; }
header > div { flex: 1 1 320px; min-width: 0; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 16px; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.quality { font-size: 44px; font-weight: 650; line-height: 1.1; }
.quality small { display: block; font-size: 14px; font-weight: 400; color: var(--quiet); }
.notes { margin: 24px 0 0; padding: 12px 16px 12px 34px; background: var(--bad-paper); border-radius: 6px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 12px 14px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 14px; }
.wide { grid-template-columns: repeat(auto-fill, minmax(460px, 1fr)); }
@media (max-width: 560px) { .wide { grid-template-columns: 1fr; } }
figure { margin: 0; }
figure img, .blank { width: 100%; border-radius: 4px; display: block; }
.blank { aspect-ratio: 16 / 9; background: var(--line); color: var(--quiet); display: grid; place-items: center; }
figcaption { padding-top: 8px; }
.quiet, figcaption span { color: var(--quiet); }
.card h3 { font-size: 14px; margin: 0 0 6px; font-weight: 600; }
.scroll { overflow-x: auto; width: fit-content; max-width: 100%; min-width: min(480px, 100%); background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; min-width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 9px; text-align: right; vertical-align: middle; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
th { font-weight: 500; font-size: 13px; line-height: 1.25; color: var(--quiet); vertical-align: bottom; }
th:first-child, td:first-child, .words { text-align: left; }
.words { min-width: 150px; max-width: 220px; overflow-wrap: anywhere; font-size: 13px; line-height: 1.35; }
td img { width: 112px; border-radius: 3px; display: block; }
.worst { color: var(--bad); background: var(--bad-paper); }
.kept { font-weight: 650; }
.chart { width: 100%; display: block; }
.chart-line { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-linejoin: round; }
.chart-grid { stroke: var(--line); stroke-width: 1; }
.chart-text { fill: var(--quiet); font: 11px system-ui, sans-serif; }
.chart-mark { fill: var(--bad); }
footer { margin-top: 40px; color: var(--quiet); font-size: 13px; }
@media print { body { background: none; } .card, .scroll, tr, figure { break-inside: avoid; } }
)css";

}  // namespace reeld::engine
