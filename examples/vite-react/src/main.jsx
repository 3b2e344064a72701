import { createRoot } from 'react-dom/client'
import { App } from './app.jsx'
import '../../shared/style.css'

createRoot(document.querySelector('#root')).render(<App />)
