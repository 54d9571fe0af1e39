"""How the page looks: black on white, for paper as for a screen."""

STYLE = """
@page { size: A4; margin: 14mm 12mm; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #111; font: 13px/1.4 "Liberation Sans", Arial, Helvetica, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 16px; }
h1 { font-size: 22px; margin: 0; } h2 { font-size: 15px; margin: 18px 0 6px; border-bottom: 1px solid #999; }
p { margin: 4px 0; } ul { margin: 4px 0; padding-left: 18px; }
.id { font-family: monospace; } .small, figcaption { font-size: 11px; color: #444; } .none { color: #999; }
.role { border: 1px solid #999; padding: 6px 8px; background: #f6f6f2; }
.two { display: flex; flex-wrap: wrap; gap: 12px; } .two figure { flex: 1 1 300px; }
figure { margin: 0; break-inside: avoid; } svg { width: 100%; height: auto; display: block; font-family: inherit; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #bbb; padding: 3px 6px; text-align: left; vertical-align: top; }
th { background: #f0f0ec; } tr { break-inside: avoid; } .facts th { width: 170px; }
.tracks { table-layout: fixed; } .tracks th:first-child { width: 105px; }
td { overflow-wrap: anywhere; } .hash { font-family: monospace; font-size: 10px; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 8px; } img { width: 100%; display: block; }
@media screen and (max-width: 600px) {
  main { padding: 8px; }
  .tracks tbody, .tracks tr, .tracks td { display: block; } .tracks tr:first-child { display: none; } .tracks tr { margin-bottom: 10px; }
  .tracks td:nth-child(2)::before { content: "Claimed"; } .tracks td:nth-child(3)::before { content: "Measured"; }
  .tracks td:nth-child(4)::before { content: "Against it"; } .tracks td::before { display: block; font-weight: bold; font-size: 11px; }
}
@media print {
  body { font-size: 10px; } .small, figcaption { font-size: 9px; }
  main { max-width: none; padding: 0; } h2 { break-after: avoid; }
}
"""
