export { ERRORS, OryProxyError, type OryProxyErrorCode } from './errors.js'
export { createLogger, type Logger, silentLogger } from './log.js'
