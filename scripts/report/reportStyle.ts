/** The style of the report's page, in light and dark. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ground: #fff; --text: #1a1b1e; --quiet: #5c5f66; --line: #dee2e6; }
@media (prefers-color-scheme: dark) { :root { --ground: #1a1b1e; --text: #e9ecef; --quiet: #a6a7ab; --line: #373a40; } }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1, figcaption, p { overflow-wrap: anywhere; }
section { border-top: 1px solid var(--line); margin-top: 2rem; }
.sure { color: var(--quiet); }
.verdict { font-size: 1.15rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem 1rem .25rem 0; text-align: left; font-weight: normal; border-bottom: 1px solid var(--line); }
ul { padding-left: 1.2rem; }
.group { list-style: none; margin: 0 0 1rem -1.2rem; }
.group p { margin: 0 0 .25rem; }
.group strong { margin-left: .5rem; }
figure { display: inline-block; vertical-align: top; width: 7rem; margin: 0 .5rem .5rem 0; }
img { display: block; width: 96px; height: 96px; object-fit: contain; border: 1px solid var(--line); }
figcaption { font-size: .75rem; color: var(--quiet); }
`;
