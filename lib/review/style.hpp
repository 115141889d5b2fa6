#pragma once
/// \file
/// The one style sheet and the one script of all pages. Both are inline, and the page's content security policy names
/// them by digest. Neither asks for anything outside the page.

#include "review/html.hpp"

namespace airlock::review {

/// Light and dark, narrow and wide, and A4 paper. Every pair of text and background has a contrast of at least 4.5
/// to 1.
inline constexpr Literal page_style = R"css(
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--shade:#f6f8fa;--link:#0550ae;
--kept:#fff1e5;--kept-ink:#8a3800;--coarsened:#fff8c5;--coarsened-ink:#6b4d00;--pseudonymised:#ddf4ff;--pseudonymised-ink:#0a4a8f;
--masked:#e6e9ff;--masked-ink:#3d2f9f;--dropped:#dafbe1;--dropped-ink:#0f5323;--copied:#d3f5ee;--copied-ink:#0b4f45;
--misfit:#ffebe9;--misfit-ink:#a40e26;--go:#0f5323;--wait:#6b4d00}
@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--soft:#9da7b3;--line:#3d444d;--shade:#161b22;--link:#79c0ff;
--kept:#3d2311;--kept-ink:#ffb77c;--coarsened:#342a07;--coarsened-ink:#f2cc60;--pseudonymised:#0c2d4f;--pseudonymised-ink:#9ecbff;
--masked:#271f57;--masked-ink:#c9bfff;--dropped:#0f2f1a;--dropped-ink:#7ee787;--copied:#0b2f2b;--copied-ink:#7ce0cf;
--misfit:#4a1517;--misfit-ink:#ffb3ad;--go:#7ee787;--wait:#f2cc60}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,"DejaVu Sans",sans-serif}
main{max-width:76rem;margin:0 auto;padding:1rem 1.25rem 4rem}
main:focus{outline:0}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.25rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
h3{font-size:1rem;margin:1.2rem 0 .3rem}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,input:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem}
.verdict{font-size:1.2rem;border-left:.5rem solid var(--wait);padding:.6rem 1rem;background:var(--shade);margin:1rem 0}
.verdict.go{border-color:var(--go)}
.notice{border:1px solid var(--line);padding:.5rem 1rem;background:var(--shade)}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1rem;margin:.5rem 0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
ul{padding-left:1.3rem}
li{overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;table-layout:fixed;margin:.4rem 0 1rem}
caption{text-align:left;color:var(--soft);padding:.2rem 0}
th,td{border:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere;overflow:hidden}
thead th{background:var(--shade)}
th.effect,td.effect{width:9.5rem}
th.field{width:36%}
th.place{width:50%}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
tbody th{font-weight:normal}
code,bdi{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.9em;overflow-wrap:anywhere;white-space:pre-wrap}
.overview{table-layout:auto;font-size:.9em}
.overview th,.overview td{overflow-wrap:normal}
.unseen{background:var(--misfit);color:var(--misfit-ink);border:1px dotted;padding:0 .15em;font-family:ui-monospace,"DejaVu Sans Mono",monospace}
.remark{color:var(--soft);font-size:.9em}
.badge{display:inline-block;padding:0 .5em;border-radius:.3em;border:1px solid}
.kept{background:var(--kept);color:var(--kept-ink)}
.coarsened{background:var(--coarsened);color:var(--coarsened-ink)}
.pseudonymised{background:var(--pseudonymised);color:var(--pseudonymised-ink)}
.masked{background:var(--masked);color:var(--masked-ink)}
.dropped{background:var(--dropped);color:var(--dropped-ink)}
.copied{background:var(--copied);color:var(--copied-ink)}
.misfit{background:var(--misfit);color:var(--misfit-ink)}
summary{cursor:pointer;color:var(--link)}
svg{max-width:100%;height:auto;display:block}
svg text{fill:var(--ink);font-size:14px}
svg .soft{fill:var(--soft)}
svg .kept{fill:var(--kept-ink)}
svg .coarsened{fill:var(--coarsened-ink)}
svg .pseudonymised{fill:var(--pseudonymised-ink)}
svg .masked{fill:var(--masked-ink)}
svg .dropped{fill:var(--dropped-ink)}
svg .copied{fill:var(--copied-ink)}
svg .misfit{fill:var(--misfit-ink)}
svg .curve{fill:none;stroke:var(--link);stroke-width:2}
svg .point{fill:var(--link)}
.search{margin:1rem 0}
.search input{font:inherit;padding:.3rem .5rem;width:min(30rem,100%);border:1px solid var(--soft);background:var(--paper);color:var(--ink)}
[hidden]{display:none!important}
@page{size:A4;margin:15mm}
@media print{:root{--paper:#fff;--ink:#000;--soft:#444;--line:#999;--shade:#f4f4f4;--link:#000}
body{font-size:9.5pt}main{max-width:none;padding:0}.search,.skip{display:none}
h2,h3,caption{break-after:avoid}tr,li{break-inside:avoid}tr:has(details){break-inside:auto}thead{display:table-header-group}
details::details-content{content-visibility:visible;display:block;block-size:auto}
summary{list-style:none}*{print-color-adjust:exact}}
)css";

/// The search box: hides the data that do not have the words, opens what is folded around those that do. Without
/// scripts the box stays hidden. Before printing everything is unfolded.
inline constexpr Literal page_script = R"js(
(function(){
"use strict";
var box=document.getElementById("search"),input=document.getElementById("words"),said=document.getElementById("found");
var rows=Array.prototype.slice.call(document.querySelectorAll("tr.datum"));
var texts=rows.map(function(row){return row.textContent.toLowerCase();});
var parts=Array.prototype.slice.call(document.querySelectorAll("section.part"));
function search(){
var words=input.value.toLowerCase().split(/\s+/).filter(Boolean),found=0;
rows.forEach(function(row,i){
var has=words.every(function(word){return texts[i].indexOf(word)>=0;});
row.hidden=!has;
if(has)found++;
if(words.length)Array.prototype.forEach.call(row.querySelectorAll("details"),function(d){d.open=has;});
for(var up=row.parentElement;has&&words.length&&up;up=up.parentElement)if(up.tagName==="DETAILS")up.open=true;
});
parts.forEach(function(part){part.hidden=!part.querySelector("tr.datum:not([hidden])");});
said.textContent=words.length?found+" of "+rows.length+" rows have it":"";
}
box.hidden=false;
input.addEventListener("input",search);
window.addEventListener("beforeprint",function(){
Array.prototype.forEach.call(document.querySelectorAll("details"),function(d){d.open=true;});
});
})();
)js";

}  // namespace airlock::review
