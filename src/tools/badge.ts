/**
 * The badge: who one is, and the tools in a frame. In a shadow root, with styles that no policy of the page can refuse
 * (they are no inline styles), and outside of the body, which belongs to the app's framework.
 */
export const BADGE_SCRIPT = `(() => {
const script = document.currentScript, tools = script.src.replace(/\\/badge\\.js.*/, '')
script.remove()
if (navigator.webdriver || top !== self || document.querySelector('ory-tools')) return
const make = (name, attributes = {}, ...children) => {
  const element = document.createElementNS(name === 'svg' || name === 'path' ? 'http://www.w3.org/2000/svg' : 'http://www.w3.org/1999/xhtml', name)
  for (const key in attributes) element.setAttribute(key, attributes[key])
  element.append(...children)
  return element
}
const key = make('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, make('path', { d: 'M12 15a4 4 0 1 1-8 0 4 4 0 0 1 8 0Zm-1-3 9-9m-4 4 3 3' }))
const badge = make('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'panel' }, key)
const region = make('section', { 'aria-label': 'Ory tools' }, badge)
const host = make('ory-tools'), root = host.attachShadow({ mode: 'open' }), sheet = new CSSStyleSheet()
sheet.replaceSync(\`
:host{all:initial;color-scheme:light dark;position:fixed;right:12px;bottom:12px;z-index:2147483647}
button{all:unset;box-sizing:border-box;position:relative;display:block;width:28px;height:28px;padding:6px;border-radius:50%;cursor:pointer;background:#1c1e28;box-shadow:0 0 0 1px rgb(255 255 255/.25),0 2px 8px rgb(0 0 0/.3);opacity:.85}
button:hover,button[aria-expanded=true]{opacity:1}
button:focus-visible{opacity:1;outline:2px solid #6b74ff;outline-offset:3px}
button::after{content:"";position:absolute;right:-1px;bottom:-1px;width:8px;height:8px;border-radius:50%;border:2px solid #1c1e28;background:#9a9ca6}
button[data-who]::after{background:#3ecb7c}
svg{display:block;width:16px;height:16px;fill:none;stroke:#fff;stroke-width:2;stroke-linecap:round}
iframe{position:absolute;right:0;bottom:40px;width:min(26rem,calc(100vw - 24px));height:min(42rem,calc(100vh - 72px));border:0;border-radius:14px;background:Canvas;box-shadow:0 0 0 1px rgb(128 128 128/.35),0 16px 48px rgb(0 0 0/.35)}
@media print{:host{display:none}}
\`)
root.adoptedStyleSheets = [sheet]
root.append(region)
document.documentElement.append(host)
let frame
const close = () => {
  if (!frame) return
  frame.remove()
  frame = undefined
  badge.setAttribute('aria-expanded', 'false')
  badge.focus()
}
const onKey = event => { if (event.key === 'Escape' && frame) { event.preventDefault(); close() } }
badge.addEventListener('click', () => {
  if (frame) return close()
  frame = make('iframe', { id: 'panel', title: 'Ory tools', src: tools, allow: 'clipboard-write' })
  frame.addEventListener('load', () => {
    try { frame.contentWindow.addEventListener('keydown', onKey); frame.contentWindow.focus() } catch {}
  })
  region.append(frame)
  badge.setAttribute('aria-expanded', 'true')
})
addEventListener('keydown', onKey, true)
const look = async () => {
  let who
  try {
    const answer = await fetch(tools + '/token', { headers: { accept: 'application/json' } })
    who = (await answer.json()).who
  } catch {}
  badge.toggleAttribute('data-who', Boolean(who))
  badge.title = who ? 'Signed in as ' + who : 'Nobody is signed in'
  badge.setAttribute('aria-label', 'Ory tools. ' + badge.title)
}
look()
addEventListener('focus', look)
})()
`
