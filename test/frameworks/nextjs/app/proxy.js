import { createOryMiddleware } from '@ory/nextjs/middleware'
import config from './ory.config'

export const proxy = createOryMiddleware(config)
