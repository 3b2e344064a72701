// A machine whose hosts file has no ::1 for localhost: loaded in front of a program with `--require`.
const dns = require('node:dns')
const { syncBuiltinESMExports } = require('node:module')

const { lookup } = dns
dns.lookup = (name, options, callback) => {
  if (name !== 'localhost') return lookup(name, options, callback)
  const told = callback ?? options
  if (options.all) told(null, [{ address: '127.0.0.1', family: 4 }])
  else told(null, '127.0.0.1', 4)
}
syncBuiltinESMExports()
