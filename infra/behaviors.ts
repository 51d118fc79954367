import { readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { forSignIn, type TrustedIssuer } from './edge/for-sign-in.ts';
import type { Behavior, CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy } from './routes.ts';
import { ROUTES, responseHeaders } from './routes.ts';

const METHODS: Record<string, cloudfront.AllowedMethods> = {
  'GET,HEAD': cloudfront.AllowedMethods.ALLOW_GET_HEAD,
  'GET,HEAD,OPTIONS': cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
  'GET,HEAD,OPTIONS,PUT,PATCH,POST,DELETE': cloudfront.AllowedMethods.ALLOW_ALL,
};

const VIEWER_REQUEST = new URL('edge/viewer-request.js', import.meta.url);

export interface BehaviorsProps {
  /** Starts the names of policies, of which an account has one space. */
  name: string;
  allowedOrigins: string[];
  originOf(behavior: Behavior): cloudfront.IOrigin;
  /** Whose tokens count, and whose signatures let viewers have files, where people sign in. */
  signIn?: (TrustedIssuer & { keyGroup: cloudfront.IKeyGroup }) | undefined;
}

/** The route table as CloudFront's behaviors. Policies that several share are made once. */
export function behaviorsOf(scope: Construct, { name, allowedOrigins, originOf, signIn }: BehaviorsProps) {
  const cachePolicy = once((policy: CachePolicy) => cachePolicyOf(scope, name, policy));
  const forward = once((policy: OriginRequestPolicy) => originRequestPolicyOf(scope, name, policy));
  const headers = responseHeaders(allowedOrigins);
  const respond = {
    plain: responseHeadersPolicyOf(scope, name, 'plain', headers.plain),
    shared: responseHeadersPolicyOf(scope, name, 'shared', headers.shared),
  };
  const viewerRequest = new cloudfront.Function(scope, 'ViewerRequest', {
    comment: 'Sees each request first: infra/edge/viewer-request.js',
    code: cloudfront.FunctionCode.fromInline(forSignIn(readFileSync(VIEWER_REQUEST, 'utf8'), signIn)),
    runtime: cloudfront.FunctionRuntime.JS_2_0,
  });

  const behaviors = ROUTES.map((behavior): [string, cloudfront.BehaviorOptions] => {
    const allowedMethods = METHODS[behavior.methods.join()];
    if (!allowedMethods) throw new Error(`CloudFront has no such set of methods: ${behavior.methods.join()}`);
    return [
      behavior.path,
      {
        origin: originOf(behavior),
        allowedMethods,
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: cachePolicy(behavior.cache),
        originRequestPolicy: forward(behavior.forward),
        responseHeadersPolicy: respond[behavior.respond],
        compress: behavior.cache.compress,
        ...(behavior.restricted && signIn && { trustedKeyGroups: [signIn.keyGroup] }),
        functionAssociations: behavior.viewerRequest
          ? [{ function: viewerRequest, eventType: cloudfront.FunctionEventType.VIEWER_REQUEST }]
          : [],
      },
    ];
  });
  // The table ends in what everything else falls under.
  const [, defaultBehavior] = behaviors.pop() ?? [];
  if (!defaultBehavior) throw new Error('The route table is empty.');
  return { defaultBehavior, additionalBehaviors: Object.fromEntries(behaviors) };
}

function cachePolicyOf(scope: Construct, name: string, policy: CachePolicy): cloudfront.ICachePolicy {
  if (policy.maxTtl === 0) return cloudfront.CachePolicy.CACHING_DISABLED;
  // The key is the path alone, by default.
  return new cloudfront.CachePolicy(scope, `Cache-${policy.name}`, {
    cachePolicyName: `${name}-${policy.name}`,
    minTtl: Duration.seconds(policy.minTtl),
    defaultTtl: Duration.seconds(policy.defaultTtl),
    maxTtl: Duration.seconds(policy.maxTtl),
    enableAcceptEncodingGzip: policy.compress,
    enableAcceptEncodingBrotli: policy.compress,
  });
}

function originRequestPolicyOf(scope: Construct, name: string, policy: OriginRequestPolicy) {
  const { headers, queryStrings, cookies } = policy;
  if (headers === 'all-but-host') {
    if (queryStrings !== 'all' || cookies !== 'all')
      throw new Error(`CloudFront has no policy such as ${policy.name}.`);
    return cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER;
  }
  return new cloudfront.OriginRequestPolicy(scope, `Forward-${policy.name}`, {
    originRequestPolicyName: `${name}-${policy.name}`,
    headerBehavior: cloudfront.OriginRequestHeaderBehavior.allowList(...headers),
    queryStringBehavior:
      queryStrings === 'all'
        ? cloudfront.OriginRequestQueryStringBehavior.all()
        : cloudfront.OriginRequestQueryStringBehavior.none(),
    cookieBehavior:
      cookies === 'all' ? cloudfront.OriginRequestCookieBehavior.all() : cloudfront.OriginRequestCookieBehavior.none(),
  });
}

function responseHeadersPolicyOf(scope: Construct, name: string, kind: string, policy: ResponseHeadersPolicy) {
  const { security, cors } = policy;
  const { strictTransportSecurity: transport } = security;
  return new cloudfront.ResponseHeadersPolicy(scope, `Respond-${kind}`, {
    responseHeadersPolicyName: `${name}-${kind}`,
    securityHeadersBehavior: {
      contentTypeOptions: security.contentTypeOptions,
      referrerPolicy: {
        referrerPolicy: cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
        override: security.referrerPolicy.override,
      },
      frameOptions: {
        frameOption: cloudfront.HeadersFrameOption[security.frameOptions.value],
        override: security.frameOptions.override,
      },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.seconds(transport.maxAge),
        override: transport.override,
      },
    },
    ...(cors && {
      corsBehavior: {
        accessControlAllowCredentials: false,
        accessControlAllowHeaders: [...cors.allowHeaders],
        accessControlAllowMethods: [...cors.allowMethods],
        accessControlAllowOrigins: [...cors.allowOrigins],
        accessControlExposeHeaders: [...cors.exposeHeaders],
        accessControlMaxAge: Duration.seconds(cors.maxAge),
        originOverride: cors.override,
      },
    }),
  });
}

function once<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
