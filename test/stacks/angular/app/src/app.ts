import { Component } from '@angular/core'

@Component({ selector: 'app-root', template: '<p id="text">first</p>' })
export class App {}
