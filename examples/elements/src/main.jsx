import { lazy, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { Home } from './home.jsx'
import './style.css'

const FlowPage = lazy(() => import('./flow-page.jsx'))
const [, kind] = /^\/auth\/(\w+)$/.exec(location.pathname) ?? []

createRoot(document.querySelector('#root')).render(
  <Suspense>{kind ? <FlowPage kind={kind} /> : <Home />}</Suspense>,
)
