"""How the page of a report looks, and the little that it does."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ink:#1d2125;--quiet:#616b75;--paper:#fff;--card:#f6f7f9;--rule:#dde1e6;
--good:#1a7f37;--good-bg:#dcf5e3;--bad:#b3261e;--bad-bg:#fbdedb;--odd:#7a5b00;--odd-bg:#fdf0c8;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--ink:#e3e6ea;--quiet:#9aa4af;--paper:#16181b;--card:#1f2226;--rule:#363b41;
--good:#6fd08c;--good-bg:#173723;--bad:#ff9d94;--bad-bg:#4a1d1a;--odd:#f1cf6b;--odd-bg:#40350f;--link:#8ab4f8}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:76rem;margin:0 auto;padding:1.5rem 1rem 5rem}a{color:var(--link)}
h1{margin:0;font-size:1.6rem}h1 small{font-weight:400;color:var(--quiet)}h2{margin:2.5rem 0 .2rem;font-size:1.25rem}
.quiet{color:var(--quiet);font-size:13px;margin:.2rem 0 .6rem}code,pre{font:12.5px/1.5 ui-monospace,monospace}
#verdict{font-size:1.15rem;font-weight:600;padding:.6rem .9rem;border-radius:8px;margin:1rem 0}
#verdict.passed,.passed{background:var(--good-bg);color:var(--good)}.failed{background:var(--bad-bg);color:var(--bad)}
#verdict.unknown{background:var(--odd-bg);color:var(--odd)}
.numbers{display:flex;flex-wrap:wrap;gap:.5rem;margin:0}.numbers div{background:var(--card);border-radius:8px;
padding:.4rem .8rem;min-width:6rem}.numbers dt{font-size:12px;color:var(--quiet)}.numbers dd{margin:0;font-size:1.2rem;
font-variant-numeric:tabular-nums}.contents li{margin:.35rem 0}
.finding{background:var(--card);border-left:4px solid var(--odd);border-radius:6px;padding:.8rem 1rem;margin:1rem 0;
scroll-margin-top:1rem}.finding.failure{border-color:var(--bad)}.finding:target{outline:2px solid var(--link)}
.finding h3{margin:0;font-size:1.05rem;overflow-wrap:anywhere}
.said{display:grid;grid-template-columns:6rem 1fr;gap:.25rem 1rem;margin:.5rem 0 .8rem}.said dt{color:var(--quiet)}
.said dd{margin:0;overflow-wrap:anywhere}.evidence{border:1px solid var(--rule);border-radius:4px;padding:0 .35rem;
font-size:12px}.method{font:600 11px ui-monospace,monospace;padding:.1rem .35rem;border-radius:4px;
background:var(--rule)}.method.get{background:#d7e7ff;color:#0842a0}.method.post{background:#d6f5df;color:#0d5b28}
.method.patch,.method.put{background:#fdeec3;color:#694c00}.method.delete{background:#fcdcd9;color:#8c1d18}
pre{margin:0;padding:.7rem;background:var(--paper);border:1px solid var(--rule);border-radius:6px;overflow:auto;
max-height:28rem;white-space:pre-wrap;overflow-wrap:anywhere}.repeat{position:relative}
.copy{position:absolute;top:.4rem;right:.4rem;font:12px system-ui;padding:.15rem .5rem;border:1px solid var(--rule);
border-radius:4px;background:var(--card);color:var(--ink);cursor:pointer}
details{margin:.6rem 0}summary{cursor:pointer;color:var(--quiet);font-size:13px}
.reply p{margin:.7rem 0 .3rem;overflow-wrap:anywhere}.status.good{color:var(--good)}.status.bad{color:var(--bad)}
.status.other{color:var(--odd)}.scroll{overflow:auto;max-height:85vh;border:1px solid var(--rule);border-radius:6px}
#matrix{border-collapse:separate;border-spacing:0;font-size:12px}#matrix th{text-align:left;font-weight:400}
#matrix td,#matrix th{border-bottom:1px solid var(--rule);border-right:1px solid var(--rule);padding:2px 5px}
#matrix thead th{position:sticky;top:0;background:var(--paper);z-index:1;vertical-align:bottom}
#matrix tbody th{position:sticky;left:0;background:var(--paper);white-space:nowrap}
th.check span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:14rem}
td.o{text-align:center;min-width:1.6rem}
td.o a{color:inherit;font-weight:700;text-decoration:none;display:block}td.skipped{color:var(--quiet)}
@media print{.copy{display:none}.scroll{max-height:none}.finding{break-inside:avoid}}
"""

SCRIPT = """
for(const button of document.querySelectorAll('.copy'))button.addEventListener('click',async()=>{
await navigator.clipboard.writeText(button.nextElementSibling.textContent);button.textContent='copied';
setTimeout(()=>{button.textContent='copy'},1500)});
"""
