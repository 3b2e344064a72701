import 'reflect-metadata'
import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { SessionClaims } from 'ory-proxy-verify'
import { SessionGuard } from './session.guard.js'

@Controller('api')
@UseGuards(SessionGuard)
class MeController {
  @Get('me')
  me(@Req() request: { claims: SessionClaims }) {
    const { sub, session } = request.claims
    return { id: sub, email: session.identity?.traits['email'] }
  }
}

@Module({ controllers: [MeController] })
class AppModule {}

const app = await NestFactory.create(AppModule)
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
