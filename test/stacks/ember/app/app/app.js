import Application from '@ember/application'
import compatModules from '@embroider/virtual/compat-modules'
import Resolver from 'ember-resolver'
import config from './config/environment'

export default class App extends Application {
  modulePrefix = config.modulePrefix
  Resolver = Resolver.withModules(compatModules)
}
