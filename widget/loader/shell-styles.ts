/** Small on purpose: it is part of what every page of the host loads. */
export const shellStyles = `.stage{--color:#222;--on-color:#fff}
.at{position:fixed;z-index:2147483000;bottom:calc(20px + env(safe-area-inset-bottom));inset-inline-end:20px;transition:.16s ease-out}
[data-side=left] .at{inset-inline:20px auto}
:not([data-open])>.panel{opacity:0;visibility:hidden;translate:0 8px}
[data-open=alive] button,span:empty{display:none}
button{width:56px;height:56px;padding:14px;border:0;border-radius:50%;background:var(--color);color:var(--on-color);cursor:pointer;box-shadow:0 4px 16px #0003}
button:hover{opacity:.9}
button:focus-visible{outline:3px solid var(--color);outline-offset:3px;box-shadow:0 0 0 3px #fff}
svg{display:block;fill:none;stroke:currentColor;stroke-width:2}
span{position:absolute;top:-4px;inset-inline-end:-4px;padding:0 6px;border-radius:10px;background:#c00;color:#fff;font:600 12px/20px system-ui}
.panel{width:400px;height:min(680px,100% - 40px);border-radius:16px;overflow:hidden;background:Canvas;box-shadow:0 0 0 1px #8883,0 4px 16px #0003}
iframe{width:100%;height:100%;border:0}
@media(max-width:479.98px){.stage .panel{inset:var(--top,0) 0 auto;width:100%;height:var(--height,100%);border-radius:0;box-sizing:border-box;padding:env(safe-area-inset-top) 0 env(safe-area-inset-bottom)}}
@media(prefers-reduced-motion){.at{transition:none}}
@media print{.at{display:none}}`;
