import { type Html, html } from '../../look/html.js'
import type { Json, JsonObject } from '../store/model.js'
import { layout, type Root } from './layout.js'

export interface ErrorPage {
  root: Root
  /** Kratos' error object, as `/self-service/errors` gives it. Missing: the id named none. */
  error?: JsonObject
  id?: string
  devLinks?: boolean
}

/** What went wrong where no flow could show it. */
export function renderErrorPage(page: ErrorPage): string {
  const error = page.error ?? { status: 'Not found', reason: 'This error is not known, or not any more.' }
  const title = text(error['status']) ?? 'Something went wrong'
  const reason = text(error['reason']) ?? text(error['message'])
  return layout({
    title,
    root: page.root,
    screen: 'error',
    devLinks: page.devLinks ?? true,
    body: html`<div class="card">
<h1>${title}</h1>
${reason && html`<p class="message error" role="alert" data-testid="ory/screen/error/message">${reason}</p>`}
${facts(page, error)}
<form action="${page.root}/ui/login" method="get"><button type="submit">Back to sign-in</button></form>
</div>`,
  })
}

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined

function facts(page: ErrorPage, error: JsonObject): Html | false {
  const details = error['details']
  const hint =
    details !== null && typeof details === 'object' && !Array.isArray(details) && text(details?.['hint'])
  const rows = [
    ['Code', text(error['code'])],
    ['Id', text(error['id'])],
    ['Hint', hint || undefined],
    ['Reference', page.id],
  ].filter(([, value]) => value !== undefined)
  return (
    rows.length > 0 && html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
  )
}
