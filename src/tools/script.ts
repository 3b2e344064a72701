/**
 * The one script of the tools, with its hash in the policy: asks for what is new and puts it on top of the table,
 * and shows the rows that somebody looks for. Without it, the page is as it was when it was loaded.
 */
export const LIVE_SCRIPT = `
const rows = document.querySelector('tbody'), live = document.querySelector('.live'), most = 500
const filters = document.querySelector('.filters'), none = document.querySelector('.empty')
filters.hidden = false
const show = row => {
  const [text, kind] = [filters.elements.text.value.toLowerCase(), filters.elements.kind.value]
  row.hidden = !row.textContent.toLowerCase().includes(text) || (kind !== '' && !row.dataset.kind.split(' ').includes(kind))
}
const refilter = () => {
  for (const row of rows.children) show(row)
  none.hidden = [...rows.children].some(row => !row.hidden)
}
filters.addEventListener('input', refilter)
filters.addEventListener('submit', event => event.preventDefault())
let paused = false
live.addEventListener('click', () => {
  paused = !paused
  live.setAttribute('aria-pressed', String(paused))
  live.toggleAttribute('data-off', paused)
  live.textContent = paused ? 'Paused' : 'Live'
})
const pause = ms => new Promise(done => setTimeout(done, ms))
const follow = async after => {
  for (;;) {
    try {
      while (paused || document.hidden) await pause(300)
      const answer = await fetch('requests?wait=25&after=' + after, { headers: { accept: 'text/x-rows' } })
      if (!answer.ok) throw 0
      const last = Number(answer.headers.get('ory-last'))
      if (last < after) { after = 0; rows.replaceChildren(); continue }
      const page = new DOMParser().parseFromString('<table><tbody>' + (await answer.text()) + '</tbody></table>', 'text/html')
      rows.prepend(...page.querySelectorAll('tr'))
      while (rows.children.length > most) rows.lastElementChild.remove()
      after = last
      refilter()
      if (!paused) { live.removeAttribute('data-off'); live.textContent = 'Live' }
    } catch {
      live.setAttribute('data-off', '')
      live.textContent = 'The server is away'
      await pause(1500)
    }
  }
}
follow(Number(rows.dataset.last))
`
