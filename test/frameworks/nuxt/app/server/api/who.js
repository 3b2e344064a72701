export default defineEventHandler(event => ({ who: getHeader(event, 'authorization') ?? 'nobody' }))
