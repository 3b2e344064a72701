/**
 * The one stylesheet of all pages, inline with its hash in the policy: no second request, no class
 * that only one page uses. Both schemes come from the same custom properties.
 */
export const STYLE = `
:root{color-scheme:light dark;
--page:#f5f5f3;--glow:#e7e9f6;--card:#fff;--ink:#16171d;--soft:#5d606b;--faint:#6d707b;--line:#e2e2de;--field:#fff;--edge:#8d909a;
--accent:#3f4be0;--button:#1c1e28;--button-ink:#fff;--button-over:#343748;--well:#f6f6f4;
--bad:#b3261e;--bad-well:#fdf1ef;--good:#17693d;--good-well:#edf7f0;--note:#3b3f8f;--note-well:#f0f1fc;
--shadow:0 1px 2px rgb(22 23 29/.05),0 12px 40px -12px rgb(22 23 29/.14)}
@media (prefers-color-scheme:dark){:root{
--page:#0e0f13;--glow:#1b1d33;--card:#17181e;--ink:#ededf0;--soft:#a5a8b3;--faint:#858893;--line:#2a2c35;--field:#101116;--edge:#6d707c;
--accent:#99a2ff;--button:#ededf0;--button-ink:#14151a;--button-over:#fff;--well:#1e2027;
--bad:#ff9d92;--bad-well:#2c1a1a;--good:#85d6a5;--good-well:#15261d;--note:#b6bcff;--note-well:#1d1f36;
--shadow:0 1px 2px rgb(0 0 0/.4),0 16px 48px -12px rgb(0 0 0/.5)}}
*,*::before,*::after{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;align-items:center;
padding:clamp(1.25rem,8vh,5.5rem) 1rem 1.5rem;color:var(--ink);
background:radial-gradient(60rem 30rem at 50% -14rem,var(--glow),transparent) no-repeat var(--page);
font:400 1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:100%;max-width:26rem}
main.wide{max-width:38rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:16px;box-shadow:var(--shadow);padding:2.25rem 2.25rem 2rem}
.card+.card{margin-top:1rem}
.bare{padding:0 .25rem 1.25rem}
h1{margin:0;font-size:1.625rem;line-height:1.2;font-weight:650;letter-spacing:-.022em;text-wrap:balance}
h2{margin:0;font-size:1.0625rem;line-height:1.3;font-weight:620;letter-spacing:-.01em}
h1+.lead{margin-top:.5rem}h2+.lead{margin-top:.25rem}
.lead{margin:0;color:var(--soft);font-size:.9375rem;text-wrap:pretty}
a{color:var(--accent);text-underline-offset:.18em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
form{margin:1.5rem 0 0}
.card>form:first-child{margin:0}
.field{margin:0 0 1.125rem}
form.inline{display:flex;gap:.625rem;align-items:flex-end;margin-bottom:0}
.inline .field{flex:1;min-width:0;margin:0}
.inline button,.wide .inline button{width:auto;min-width:6rem;margin:0}
.inline+form{margin-top:1.25rem}.inline+.hint{margin-top:.75rem}
label,.label{display:block;margin:0 0 .375rem;font-size:.875rem;font-weight:560}
.optional{color:var(--faint);font-weight:400}
.row{display:flex;justify-content:space-between;gap:1rem;align-items:baseline}
.row a{font-size:.8125rem;margin-bottom:.375rem}
input:not([type=checkbox]),select,textarea{display:block;width:100%;min-height:2.875rem;padding:.625rem .875rem;font:inherit;color:inherit;
background:var(--field);border:1px solid var(--edge);border-radius:10px}
textarea{font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;min-height:5.5rem;resize:vertical}
input::placeholder,textarea::placeholder{color:var(--faint);opacity:1}
input:focus-visible,select:focus-visible,textarea:focus-visible{outline:2px solid var(--accent);outline-offset:1px;border-color:transparent}
a:focus-visible,button:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:10px}
input[aria-invalid=true]{border-color:var(--bad)}
input.digits{font-size:1.375rem;letter-spacing:.35em;font-variant-numeric:tabular-nums;padding-block:.5rem}
.check{display:flex;gap:.625rem;align-items:flex-start}
.check input{width:1.125rem;height:1.125rem;margin:.1875rem 0 0;accent-color:var(--accent)}
.check label{margin:0;font-weight:400;font-size:.9375rem}
button,.button{display:flex;width:100%;min-height:2.875rem;align-items:center;justify-content:center;gap:.625rem;padding:.625rem 1.125rem;
font:inherit;font-size:.9375rem;font-weight:570;text-decoration:none;cursor:pointer;border-radius:10px;
border:1px solid var(--button);background:var(--button);color:var(--button-ink)}
button:hover,.button:hover{background:var(--button-over);border-color:var(--button-over)}
button:active{transform:translateY(.5px)}
button:disabled{opacity:.5;cursor:not-allowed}
button+button,button+.button,.button+.button,form+form,form+.button{margin-top:.625rem}
.wide form button,.wide .card>.button{display:inline-flex;width:auto;min-width:8.5rem;margin:0 .5rem .5rem 0}
.wide form{margin-bottom:-.5rem}
.quiet{background:transparent;color:var(--ink);border-color:var(--edge)}
.quiet:hover{background:var(--well);border-color:var(--edge)}
.danger{color:var(--bad)}
.plain{min-height:2.25rem;background:none;border-color:transparent;color:var(--soft);font-weight:450}
.plain:hover{background:var(--well);border-color:transparent;color:var(--ink)}
.mark{flex:none;display:grid;place-items:center;width:1.375rem;height:1.375rem;border-radius:50%;background:var(--note-well);color:var(--note);font-size:.75rem;font-weight:650}
.or{display:flex;align-items:center;gap:.875rem;margin:1.125rem 0;color:var(--faint);font-size:.8125rem}
.or::before,.or::after{content:"";flex:1;height:1px;background:var(--line)}
.message{margin:1.25rem 0 0;padding:.6875rem .875rem;border-radius:10px;font-size:.9375rem;line-height:1.45;overflow-wrap:anywhere;background:var(--note-well);color:var(--note)}
.message.error{background:var(--bad-well);color:var(--bad)}
.message.success{background:var(--good-well);color:var(--good)}
.message+.message{margin-top:.5rem}
.late{visibility:hidden;max-height:0;margin:0;padding-block:0;animation:late 1ms 2s forwards}
@keyframes late{to{visibility:visible;max-height:20rem;margin-top:1.25rem;padding-block:.6875rem}}
.hint{margin:.375rem 0 0;font-size:.8125rem;line-height:1.45;color:var(--soft)}
.hint.error{color:var(--bad);font-weight:500}
.links{margin:1.5rem 0 0;padding:0;list-style:none;text-align:center;font-size:.9375rem;color:var(--soft)}
.links li+li{margin-top:.375rem}
.aside{margin-top:1rem;padding:1rem 1.25rem 1.125rem;border:1px solid var(--line);border-radius:14px;font-size:.875rem;color:var(--soft)}
.aside h2{font-size:.8125rem;color:var(--ink)}
.aside p{margin:.25rem 0 0}
.people+p{margin-top:.625rem}
.people{margin:.625rem 0 0;padding:0;list-style:none}
.people li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.125rem 1rem;padding:.3125rem 0}
.people li+li{border-top:1px solid var(--line)}
code,pre,kbd{font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--ink)}
code{overflow-wrap:anywhere}
pre{margin:1rem 0 0;padding:.875rem 1rem;border-radius:10px;background:var(--well);overflow-x:auto}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.5rem 1.25rem;margin:1.5rem 0 0;font-size:.9375rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.qr{display:block;width:12rem;height:auto;margin:0 0 1.125rem;padding:.75rem;background:#fff;border:1px solid var(--line);border-radius:12px}
.secret{display:block;padding:.625rem .875rem;border-radius:10px;background:var(--well);letter-spacing:.04em}
.codes{display:grid;grid-template-columns:repeat(auto-fill,minmax(7.25rem,1fr));gap:.5rem;margin:0 0 1.125rem;padding:0;list-style:none}
.codes li{padding:.5rem;border-radius:8px;background:var(--well);text-align:center}
.codes .used{text-decoration:line-through;opacity:.6}
.code{font-size:1.375rem;letter-spacing:.2em;user-select:all}
.list{margin:0;padding:0;list-style:none}
.list li{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;padding:.75rem 0;border-top:1px solid var(--line)}
.list div{flex:1 1 16rem;min-width:0;overflow-wrap:anywhere}
.list p{margin-top:.125rem}
.wide .list button{margin:0;min-width:0}
details{margin-top:.75rem;font-size:.875rem}
summary{cursor:pointer;color:var(--soft)}
footer{margin-top:auto;padding-top:2.5rem;font-size:.75rem;color:var(--soft)}
.badge{display:inline-flex;align-items:center;gap:.5rem;padding:.25rem .75rem;border:1px solid var(--line);border-radius:99px;background:var(--card)}
.badge::before{content:"";width:.4375rem;height:.4375rem;border-radius:50%;background:#2fa866}
.bar{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;justify-content:center;margin:0 0 .75rem;padding:0;list-style:none}
.bar a{color:inherit}
.bar [aria-current]{color:var(--ink);font-weight:600;text-decoration:none}
nav{font-size:.875rem;color:var(--soft)}
.seen-by-readers-only{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:30rem){body{padding:0 0 1.25rem;background:var(--card)}nav{padding-top:1rem}.bare{padding:1.5rem 1.25rem .75rem}
.card{border-width:0 0 1px;border-radius:0;box-shadow:none;padding:1.75rem 1.25rem}.card+.card{margin:0}.aside{margin:1rem 1.25rem 0}footer{padding-inline:1.25rem}}
@media (prefers-reduced-motion:no-preference){button,.button{transition:background-color .12s,border-color .12s}}
@media (forced-colors:active){button,.button,.card,.message{border:1px solid}}
`

/** What the tools have besides: a bar, a table that is a list where it is narrow. */
export const TOOL_STYLE = `
main.tools{max-width:64rem;padding-top:0}
body:has(main.tools){padding-top:0}
nav.tools{position:sticky;top:0;z-index:1;align-self:stretch;margin:0 -1rem clamp(1rem,4vw,2rem);background:color-mix(in srgb,var(--page) 88%,transparent);backdrop-filter:blur(10px);border-bottom:1px solid var(--line)}
nav.tools ul{display:flex;gap:.125rem;margin:0 auto;padding:.5rem .25rem;max-width:64rem;list-style:none;overflow-x:auto;scrollbar-width:none}
nav.tools a{display:block;padding:.375rem .75rem;border-radius:8px;color:var(--soft);font-weight:500;text-decoration:none;white-space:nowrap}
nav.tools a:hover{background:var(--well);color:var(--ink)}
nav.tools a[aria-current]{background:var(--card);color:var(--ink);box-shadow:0 0 0 1px var(--line)}
.tools .card{padding:1.5rem 1.75rem}
.tools .head{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:baseline;justify-content:space-between}
.tools h1{font-size:1.375rem}
.tools .head+.lead{margin-top:.375rem}
button.live{width:auto;min-height:1.75rem;margin:0;padding:0 .625rem;align-items:center;gap:.5rem;font-size:.8125rem;color:var(--soft)}
.live::before{flex:none;content:"";width:.5rem;height:.5rem;border-radius:50%;background:#2fa866}
.live[data-off]::before{background:var(--edge)}
.filters{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0 0}
.filters input,.filters select{min-height:2.25rem;padding-block:.25rem;font-size:.875rem}
.filters input{flex:1 1 12rem;width:auto;min-width:0}
.filters select{flex:none;width:auto}
table{width:100%;margin:1rem 0 0;border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
th{padding:.375rem .75rem .375rem 0;text-align:left;font-weight:560;font-size:.75rem;color:var(--soft);border-bottom:1px solid var(--line)}
td{padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);vertical-align:baseline}
tbody tr:last-child td{border-bottom:0}
td.path{font:.8125rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
td.num,th.num{text-align:right;white-space:nowrap}
td.why{color:var(--soft)}
.tag{display:inline-block;padding:.0625rem .5rem;border-radius:99px;background:var(--well);font-size:.75rem;font-weight:560;white-space:nowrap}
.tag.good{background:var(--good-well);color:var(--good)}.tag.bad{background:var(--bad-well);color:var(--bad)}.tag.note{background:var(--note-well);color:var(--note)}
.empty{margin:1.5rem 0 .5rem;color:var(--soft)}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.75rem;margin:1rem 0 0;padding:0;list-style:none}
.grid a{display:block;height:100%;padding:1rem 1.125rem;border:1px solid var(--line);border-radius:12px;background:var(--card);color:inherit;text-decoration:none}
.grid a:hover{border-color:var(--edge)}
.grid strong{display:block;font-weight:620}.grid span{color:var(--soft);font-size:.875rem}
.finding{padding:1rem 0;border-top:1px solid var(--line)}.finding:first-of-type{margin-top:.75rem}
.finding p{margin:.25rem 0 0;font-size:.9375rem}.finding .fix{color:var(--soft)}
progress{width:min(16rem,100%);height:.375rem;accent-color:var(--accent)}
.split{display:grid;align-items:start;grid-template-columns:1fr;gap:1rem;margin-top:1rem}
@media (min-width:52rem){.split{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.split .card+.card{margin:0}}
.split>*{min-width:0}
@media (max-width:30rem){nav.tools{margin-inline:0}}
.tools .lead+.list,.tools .lead+form>.list{margin-top:1rem}
.tools form:last-child{margin-bottom:0}
.tools form.fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(13rem,100%),1fr));gap:0 1rem}
.tools .fields>.field:first-child{grid-column:1/-1}.tools .fields>button{justify-self:start}
.tools button.copy{width:auto;min-height:2.25rem;padding-block:.25rem;font-size:.8125rem}
.tools form>.plain{padding-inline:0;min-width:0}.tools form>.plain:hover{background:none;text-decoration:underline}
@media (max-width:34rem){nav.tools{padding-top:0}nav.tools ul{flex-wrap:wrap;padding:.375rem}nav.tools a{padding:.1875rem .5rem;font-size:.8125rem}td.ms::after{content:" ms"}.tools .card{padding:1.25rem}.tools dl{grid-template-columns:1fr;gap:.125rem}.tools dd{margin-bottom:.5rem}
thead{position:absolute;clip-path:inset(50%)}tbody tr{display:flex;flex-wrap:wrap;gap:.125rem .625rem;align-items:baseline;padding:.625rem 0;border-bottom:1px solid var(--line)}
tbody td,tbody tr:last-child td{padding:0;border:0}td.path{order:-1;flex:1 0 100%}td.num{text-align:left}}
`
