/** Imports go one way: core ◄ pipeline ◄ {lambdas, containers, cli}, core ◄ adapters ◄ {lambdas, containers, cli, local}. */
const layer = (name, mayUse) => ({
  name: `${name}-imports`,
  comment: `${name}/ may import from ${[name, ...mayUse].join(', ')} only`,
  severity: 'error',
  from: { path: `^${name}/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: '^(core|pipeline|adapters|lambdas|containers|infra|local|client|cli|test|bench)/',
    pathNot: `^(${[name, ...mayUse].join('|')})/`,
  },
});

module.exports = {
  forbidden: [
    layer('core', []),
    layer('pipeline', ['core']),
    layer('adapters', ['core']),
    layer('lambdas', ['core', 'pipeline', 'adapters']),
    layer('containers', ['core', 'pipeline', 'adapters']),
    layer('infra', ['core']),
    layer('client', ['core']),
    layer('local', ['core', 'adapters', 'infra', 'containers']),
    layer('cli', ['core', 'client', 'local']),
    {
      name: 'core-is-pure',
      comment: 'core/ knows no outside world: no Node built-ins but types, no package but zod',
      severity: 'error',
      from: { path: '^core/', pathNot: '\\.test\\.ts$' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'],
        pathNot: 'node_modules/zod/|^stream$|^node:stream$',
      },
    },
    {
      name: 'no-cycles',
      comment: 'a cycle hides which of two files is the foundation',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(cdk\\.out|dist|\\.reelight)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
