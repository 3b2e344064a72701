import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common'
import { verifySession } from 'ory-proxy-verify'

@Injectable()
export class SessionGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest()
    request.claims = await verifySession(request)
    if (!request.claims) throw new UnauthorizedException('Please sign in.')
    return true
  }
}
