export default defineWebSocketHandler({
  open: peer => peer.send(JSON.stringify(Object.fromEntries(peer.request.headers))),
})
