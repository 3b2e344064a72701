/**
 * The pages a person sees: text out of a flow, no state, no request. They work without JavaScript and
 * carry the names of Ory's own pages (`input[name]`, `button[name=method]`, `data-testid`), so tests
 * written for one run against the other.
 */

export { attributes, escapeHtml, type Fragment, Html, html, renderTime, safeHref } from '../../look/html.js'
export { renderErrorPage } from './error.js'
export { type FlowPage, type PageFlow, renderFlowPage } from './flow.js'
export { scriptOf } from './keys.js'
export { contentSecurityPolicy, type Layout, layout, pageHeaders, type Root, toolHeaders } from './layout.js'
export { renderWelcomePage } from './welcome.js'
