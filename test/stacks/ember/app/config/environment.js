module.exports = environment => ({
  modulePrefix: 'ory-proxy-test-ember',
  environment,
  rootURL: '/',
  locationType: 'history',
  EmberENV: {},
  APP: {},
})
