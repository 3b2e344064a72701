/** Where the app has its own pages. */
export default {
  project: {
    default_redirect_url: '/',
    login_ui_url: '/login',
  },
}
