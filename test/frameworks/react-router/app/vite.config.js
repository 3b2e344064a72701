import { reactRouter } from '@react-router/dev/vite'
import { ory } from 'ory-proxy/vite'

export default { plugins: [ory(), reactRouter()] }
