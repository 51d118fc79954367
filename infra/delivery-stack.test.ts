import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { EDGE_HEADER } from './origins.ts';
import { ROUTES } from './routes.ts';
import { type Deployment, resource, resources, template, templates } from './templates.fixture.ts';

type Fields = Record<string, unknown>;

function distribution(deployment: Deployment): Fields {
  const { Properties } = resource(template(deployment, 'delivery'), 'AWS::CloudFront::Distribution', 'Distribution');
  return Properties.DistributionConfig as Fields;
}

describe('the distribution', () => {
  const delivery = template('prod', 'delivery');
  const config = distribution('prod');
  const behaviors = [
    ...(config.CacheBehaviors as Fields[]),
    { PathPattern: '*', ...(config.DefaultCacheBehavior as Fields) } as Fields,
  ];
  const origins = config.Origins as Fields[];
  const { Items: groups } = config.OriginGroups as { Items: Fields[] };
  const policy = (reference: unknown) => {
    const id = (reference as { Ref?: string }).Ref ?? '';
    return (delivery.toJSON().Resources as Record<string, { Properties: Fields }>)[id]?.Properties;
  };
  /** An origin by its place in the route table. */
  const nameOf = (id: unknown) => {
    const origin = origins.find(({ Id }) => Id === id) ?? {};
    const domain = JSON.stringify(origin.DomainName);
    if (/Files/.test(domain)) return 'files';
    if (/Site/.test(domain)) return 'site';
    return origin.OriginPath === '/live' ? 'socket' : 'api';
  };

  it('keeps no error: what was asked for too early would stay away, and one person would get another’s', () => {
    const responses = config.CustomErrorResponses as Fields[];
    // All that CloudFront would keep, whatever the origin says.
    expect(responses.map(({ ErrorCode }) => ErrorCode)).toEqual([404, 405, 414, 500, 501, 502, 503, 504]);
    for (const response of responses) {
      expect(response).toEqual({ ErrorCode: response.ErrorCode, ErrorCachingMinTTL: 0 });
    }
  });

  it('has the behaviors of the route table, in its order', () => {
    expect(behaviors.map(({ PathPattern }) => PathPattern)).toEqual(ROUTES.map(({ path }) => path));
  });

  it.each(ROUTES.map((route, index) => [route.path, route, index] as const))(
    '%s is as the table says',
    (_, route, index) => {
      const behavior = behaviors[index] ?? {};
      expect(behavior).toMatchObject({
        AllowedMethods: [...route.methods],
        ViewerProtocolPolicy: 'redirect-to-https',
        Compress: route.cache.compress,
      });
      const group = groups.find(({ Id }) => Id === behavior.TargetOriginId);
      const members = group
        ? (group.Members as { Items: { OriginId: string }[] }).Items.map(({ OriginId }) => nameOf(OriginId))
        : [nameOf(behavior.TargetOriginId)];
      expect(members).toEqual([route.origin, ...(route.fallback ? [route.fallback.origin] : [])]);
      if (route.fallback) {
        expect(group?.FailoverCriteria).toEqual({
          StatusCodes: { Items: [...route.fallback.on], Quantity: route.fallback.on.length },
        });
      }
      const associated = (behavior.FunctionAssociations ?? []) as Fields[];
      expect(associated.map(({ EventType }) => EventType)).toEqual(route.viewerRequest ? ['viewer-request'] : []);

      const cache = policy(behavior.CachePolicyId)?.CachePolicyConfig as Fields | undefined;
      // AWS's own policy for what is not cached.
      if (route.cache.maxTtl === 0) expect(behavior.CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
      else {
        expect(cache).toMatchObject({ MinTTL: 0, DefaultTTL: 0, MaxTTL: route.cache.maxTtl });
        expect(cache?.ParametersInCacheKeyAndForwardedToOrigin).toEqual({
          CookiesConfig: { CookieBehavior: 'none' },
          HeadersConfig: { HeaderBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
          EnableAcceptEncodingBrotli: route.cache.compress,
          EnableAcceptEncodingGzip: route.cache.compress,
        });
      }
      const { headers } = route.forward;
      // AWS's own policy for everything but the Host.
      if (headers === 'all-but-host')
        expect(behavior.OriginRequestPolicyId).toBe('b689b0a8-53d0-40ab-baf2-68738e2966ac');
      else {
        expect(policy(behavior.OriginRequestPolicyId)?.OriginRequestPolicyConfig).toMatchObject({
          HeadersConfig: { HeaderBehavior: 'whitelist', Headers: [...headers] },
          QueryStringsConfig: { QueryStringBehavior: route.forward.queryStrings },
          CookiesConfig: { CookieBehavior: route.forward.cookies },
        });
      }
      const respond = policy(behavior.ResponseHeadersPolicyId)?.ResponseHeadersPolicyConfig as Fields;
      expect(respond.SecurityHeadersConfig).toMatchObject({
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY' },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
      });
      expect('CorsConfig' in respond).toBe(route.respond === 'shared');
    },
  );

  it('signs what it asks of the buckets', () => {
    const control = resource(delivery, 'AWS::CloudFront::OriginAccessControl', 'BucketAccess');
    expect(control.Properties.OriginAccessControlConfig).toMatchObject({
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    });
    for (const origin of origins.filter(({ Id }) => ['files', 'site'].includes(nameOf(Id)))) {
      expect(origin).toHaveProperty('OriginAccessControlId');
    }
  });

  it('speaks TLS to the APIs, and proves that it is what speaks', () => {
    const apis = origins.filter(({ Id }) => ['api', 'socket'].includes(nameOf(Id)));
    expect(new Set(apis.map(({ Id }) => nameOf(Id)))).toEqual(new Set(['api', 'socket']));
    for (const { CustomOriginConfig, OriginCustomHeaders } of apis) {
      expect(CustomOriginConfig).toMatchObject({ OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] });
      expect(OriginCustomHeaders).toEqual([
        { HeaderName: EDGE_HEADER, HeaderValue: '{{resolve:secretsmanager:reelight-edge-1:SecretString:::}}' },
      ]);
    }
  });

  it('is known to those who check by the name that it proves itself with', () => {
    const [, looked] = /const HEADER = '([^']+)'/.exec(readFileSync('lambdas/through-edge.ts', 'utf8')) ?? [];
    expect(looked).toBe(EDGE_HEADER);
  });

  it('runs the function that one machine runs', () => {
    const { Properties } = resource(template('dev', 'delivery'), 'AWS::CloudFront::Function', 'ViewerRequest');
    expect(Properties.FunctionCode).toBe(readFileSync('infra/edge/viewer-request.js', 'utf8'));
    expect(Properties.FunctionConfig).toMatchObject({ Runtime: 'cloudfront-js-2.0' });
  });

  it('is behind the firewall, and writes down who asked, where that is asked for', () => {
    expect(config).toMatchObject({ WebACLId: expect.anything(), Logging: { Prefix: 'cloudfront/' } });
    expect(distribution('dev')).not.toHaveProperty('WebACLId');
    expect(distribution('dev')).not.toHaveProperty('Logging');
  });

  it('has a domain of its own, by TLS 1.2 and both kinds of addresses, where there is one', () => {
    expect(distribution('elsewhere')).toMatchObject({
      Aliases: ['video.example.com'],
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
    });
    const records = resources(template('elsewhere', 'delivery'), 'AWS::Route53::RecordSet');
    expect(records.map(([, { Properties }]) => [Properties.Type, Properties.Name]).sort()).toEqual([
      ['A', 'video.example.com.'],
      ['AAAA', 'video.example.com.'],
    ]);
    expect(config).not.toHaveProperty('Aliases');
  });

  it('takes a certificate that there is', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/0b0f2d3c';
    const stacks = templates('dev', { domainName: 'video.example.com', certificateArn });
    const { Properties } = resource(
      template('dev', 'delivery', { domainName: 'video.example.com', certificateArn }),
      'AWS::CloudFront::Distribution',
      'Distribution',
    );
    expect(Properties.DistributionConfig).toMatchObject({ ViewerCertificate: { AcmCertificateArn: certificateArn } });
    expect(Object.keys(stacks)).not.toContain('edge');
  });
});

describe('the page', () => {
  const delivery = template('prod', 'delivery');

  it('is put into its bucket after what it names, and takes nothing away', () => {
    const deployments = resources(delivery, 'Custom::CDKBucketDeployment');
    for (const [, { Properties }] of deployments) expect(Properties.Prune).toBe(false);
    const page = deployments.find(([id]) => id.startsWith('Page'))?.[1];
    expect(page?.Properties.SystemMetadata).toEqual({
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(page?.DependsOn).toEqual(
      expect.arrayContaining([expect.stringMatching(/^ScriptsCustom/), expect.stringMatching(/^DocsCustom/)]),
    );
  });

  it('may send sources to the bucket that takes them', () => {
    const page = resources(delivery, 'Custom::CDKBucketDeployment').find(([id]) => id.startsWith('Page'))?.[1];
    expect(JSON.stringify(page?.Properties.SourceMarkers)).toMatch(/Uploads\w+RegionalDomainName/);
  });
});

describe('the firewall', () => {
  const { Rules } = resource(template('prod', 'edge'), 'AWS::WAFv2::WebACL', 'Firewall').Properties as {
    Rules: { Name: string; Priority: number; Statement: Fields; Action?: Fields; OverrideAction?: Fields }[];
  };

  it('counts what each address asks for first', () => {
    expect(Rules[0]).toMatchObject({
      Name: 'RatePerAddress',
      Priority: 0,
      Action: {
        Block: { CustomResponse: { ResponseCode: 429, ResponseHeaders: [{ Name: 'Retry-After', Value: '300' }] } },
      },
      Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2000, EvaluationWindowSec: 300 } },
    });
  });

  it("does what AWS's rules say, but lets bodies pass, and clients that do not say what they are", () => {
    const managed = Rules.slice(1);
    expect(managed.length).toBeGreaterThan(2);
    for (const { OverrideAction } of managed) expect(OverrideAction).toEqual({ None: {} });
    const common = managed.filter(({ Name }) => Name === 'AWSManagedRulesCommonRuleSet');
    const counted = common.flatMap(
      ({ Statement }) => (Statement.ManagedRuleGroupStatement as { RuleActionOverrides: Fields[] }).RuleActionOverrides,
    );
    expect(counted.length).toBeGreaterThan(0);
    for (const { Name, ActionToUse } of counted) {
      expect(Name).toMatch(/_BODY$|^NoUserAgent_HEADER$/);
      expect(ActionToUse).toEqual({ Count: {} });
    }
  });
});

describe('who watches', () => {
  const watch = template('elsewhere', 'watch');

  it('is told of every alarm, and when it is over', () => {
    const alarms = [watch, template('elsewhere', 'edgeWatch')].flatMap((of) => resources(of, 'AWS::CloudWatch::Alarm'));
    expect(alarms.map(([, { Properties }]) => String(Properties.AlarmName).replace('staging-', '')).sort()).toEqual([
      ...['ApiFails', 'ApiSlow', 'EdgeFails', 'MetadataFails', 'NewsLate', 'NewsLost', 'RotationFails', 'SourcesLost'],
      ...['SourcesWait', 'SweepFails', 'Uncounted', 'VideosWait', 'WorkFails'],
    ]);
    for (const [, { Properties }] of alarms) {
      expect(Properties.AlarmActions).toHaveLength(1);
      expect(Properties.OKActions).toEqual(Properties.AlarmActions);
      expect(Properties.AlarmDescription).toMatch(/docs\/runbook\.md\.$/);
    }
  });

  it('finds each alarm, and the budget, in the runbook', () => {
    const runbook = readFileSync(new URL('../docs/runbook.md', import.meta.url), 'utf8');
    const rows = [...runbook.matchAll(/^\| `?(\w+)`? +\|/gm)].map(([, name]) => name);
    const alarms = [watch, template('elsewhere', 'edgeWatch')].flatMap((of) => resources(of, 'AWS::CloudWatch::Alarm'));
    const names = alarms.map(([, { Properties }]) => String(Properties.AlarmName).replace('staging-', ''));
    expect(rows).toEqual(expect.arrayContaining([...names, 'budget']));
  });

  it('is somebody, if the settings name one, and is told by TLS', () => {
    watch.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' });
    const [policy] = resources(watch, 'AWS::SNS::TopicPolicy');
    expect(JSON.stringify(policy?.[1].Properties)).toMatch(/"aws:SecureTransport":"false"/);
    expect(resources(template('prod', 'watch'), 'AWS::SNS::Subscription')).toEqual([]);
    // Then the deployment says so.
    template('prod', 'watch').hasOutput('PagerTopic', { Description: Match.stringLikeRegexp('NOBODY') });
    watch.hasOutput('PagerTopic', { Description: 'Where alarms go, and notices of the bill' });
  });

  it('hears of the bill before it is due', () => {
    const { Budget, NotificationsWithSubscribers } = resource(watch, 'AWS::Budgets::Budget', 'Budget').Properties as {
      Budget: Fields;
      NotificationsWithSubscribers: { Notification: Fields }[];
    };
    expect(Budget).toMatchObject({ TimeUnit: 'MONTHLY', BudgetLimit: { Amount: 1_000, Unit: 'USD' } });
    expect(
      NotificationsWithSubscribers.map(({ Notification }) => [Notification.NotificationType, Notification.Threshold]),
    ).toEqual([
      ['ACTUAL', 50],
      ['ACTUAL', 80],
      ['FORECASTED', 100],
    ]);
  });

  it('can follow one video through everything that logs', () => {
    const { LogGroupNames } = resource(watch, 'AWS::Logs::QueryDefinition', 'OneVideo').Properties as {
      LogGroupNames: unknown[];
    };
    const functions = ['api', 'broker', 'workers'].flatMap((stack) =>
      resources(template('elsewhere', stack), 'AWS::Lambda::Function'),
    );
    expect(LogGroupNames).toHaveLength(functions.length + 1);
    expect(resources(watch, 'AWS::CloudWatch::Dashboard')).toHaveLength(1);
  });
});
