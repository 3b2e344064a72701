const target = process.env.BACKEND ?? 'http://localhost:3001'

export default {
  '/api': { target },
  '/socket': { target, ws: true },
}
