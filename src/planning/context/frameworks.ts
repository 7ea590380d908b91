import { z } from 'zod';
import type { ProjectFiles } from '../planner.ts';
import type { ProjectPath } from './projectPath.ts';

/** Packages of a project with many parts tell the same again and again. */
const maxManifests = 12;
const maxManifestLength = 200_000;

/** What a package is called where it is known by another name than its own; by ecosystem, in the order of interest. */
const known = {
  npm: {
    next: 'Next.js',
    nuxt: 'Nuxt',
    react: 'React',
    'react-native': 'React Native',
    preact: 'Preact',
    vue: 'Vue',
    svelte: 'Svelte',
    '@sveltejs/kit': 'SvelteKit',
    'solid-js': 'Solid',
    '@angular/core': 'Angular',
    lit: 'Lit',
    astro: 'Astro',
    electron: 'Electron',
    express: 'Express',
    fastify: 'Fastify',
    koa: 'Koa',
    hono: 'Hono',
    '@nestjs/core': 'NestJS',
    '@types/vscode': 'VS Code extension',
    commander: 'commander',
    yargs: 'yargs',
    zod: 'zod',
    graphql: 'GraphQL',
    prisma: 'Prisma',
    'drizzle-orm': 'Drizzle',
    typeorm: 'TypeORM',
    sequelize: 'Sequelize',
    mongoose: 'Mongoose',
    redux: 'Redux',
    rxjs: 'RxJS',
    tailwindcss: 'Tailwind CSS',
    vite: 'Vite',
    webpack: 'webpack',
    esbuild: 'esbuild',
    rollup: 'Rollup',
    typescript: 'TypeScript',
    jest: 'Jest',
    vitest: 'Vitest',
    mocha: 'Mocha',
    chai: 'Chai',
    sinon: 'Sinon',
    ava: 'AVA',
    tap: 'tap',
    jasmine: 'Jasmine',
    '@playwright/test': 'Playwright',
    cypress: 'Cypress',
  },
  python: {
    django: 'Django',
    flask: 'Flask',
    fastapi: 'FastAPI',
    starlette: 'Starlette',
    aiohttp: 'aiohttp',
    celery: 'Celery',
    sqlalchemy: 'SQLAlchemy',
    pydantic: 'Pydantic',
    click: 'click',
    typer: 'Typer',
    requests: 'requests',
    httpx: 'httpx',
    numpy: 'NumPy',
    pandas: 'pandas',
    torch: 'PyTorch',
    tensorflow: 'TensorFlow',
    'scikit-learn': 'scikit-learn',
    pytest: 'pytest',
    hypothesis: 'Hypothesis',
    tox: 'tox',
  },
  go: {
    'gin-gonic/gin': 'Gin',
    'labstack/echo': 'Echo',
    'gofiber/fiber': 'Fiber',
    'go-chi/chi': 'chi',
    'spf13/cobra': 'Cobra',
    'gorm.io/gorm': 'GORM',
    'stretchr/testify': 'testify',
    'google.golang.org/grpc': 'gRPC',
  },
  rust: {
    tokio: 'Tokio',
    axum: 'axum',
    'actix-web': 'Actix',
    rocket: 'Rocket',
    serde: 'serde',
    clap: 'clap',
    bevy: 'Bevy',
    diesel: 'Diesel',
    sqlx: 'sqlx',
    proptest: 'proptest',
  },
  ruby: { rails: 'Rails', sinatra: 'Sinatra', rspec: 'RSpec', minitest: 'Minitest', sidekiq: 'Sidekiq' },
  php: { 'laravel/framework': 'Laravel', symfony: 'Symfony', 'phpunit/phpunit': 'PHPUnit', 'pestphp/pest': 'Pest' },
  jvm: {
    'spring-boot': 'Spring Boot',
    quarkus: 'Quarkus',
    micronaut: 'Micronaut',
    ktor: 'Ktor',
    'junit-jupiter': 'JUnit 5',
    junit: 'JUnit',
    mockito: 'Mockito',
  },
  dotnet: { 'Microsoft.NET.Sdk.Web': 'ASP.NET Core', xunit: 'xUnit', NUnit: 'NUnit', MSTest: 'MSTest' },
} satisfies Record<string, Readonly<Record<string, string>>>;

type Ecosystem = keyof typeof known;

const ecosystemByManifest: Readonly<Record<string, Ecosystem>> = {
  'package.json': 'npm',
  'pyproject.toml': 'python',
  'requirements.txt': 'python',
  'requirements-dev.txt': 'python',
  'setup.py': 'python',
  'setup.cfg': 'python',
  Pipfile: 'python',
  'go.mod': 'go',
  'Cargo.toml': 'rust',
  Gemfile: 'ruby',
  'composer.json': 'php',
  'pom.xml': 'jvm',
  'build.gradle': 'jvm',
  'build.gradle.kts': 'jvm',
};

/** The part of a package.json that names packages; what is not as expected counts as not there. */
const packageSchema = z.object({
  dependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
  devDependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
  peerDependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
  scripts: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** The frameworks and tools that the project's manifests name, those of the manifest nearest to the root first. */
export async function findFrameworks(files: ProjectFiles, paths: readonly ProjectPath[]): Promise<string[]> {
  const manifests = paths
    .flatMap(({ path, name, depth }) => {
      const ecosystem = ecosystemOf(name);
      return ecosystem === undefined ? [] : [{ path, depth, ecosystem }];
    })
    .sort((a, b) => a.depth - b.depth || (a.path < b.path ? -1 : 1))
    .slice(0, maxManifests);
  const found = new Set<string>();
  for (const { path, ecosystem } of manifests) {
    const text = (await files.readText(path))?.slice(0, maxManifestLength);
    if (text === undefined) continue;
    const names = ecosystem === 'npm' ? packagesOf(text) : mentioned(text, ecosystem);
    for (const name of names) found.add(name);
  }
  return [...found];
}

function ecosystemOf(name: string): Ecosystem | undefined {
  if (/\.(?:cs|fs|vb)proj$/.test(name)) return 'dotnet';
  return Object.hasOwn(ecosystemByManifest, name) ? ecosystemByManifest[name] : undefined;
}

function packagesOf(text: string): string[] {
  const manifest = parsePackage(text);
  if (manifest === undefined) return [];
  const packages = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies };
  const names = Object.entries(known.npm)
    .filter(([name]) => Object.hasOwn(packages, name))
    .map(([, label]) => label);
  const scripts = Object.values(manifest.scripts ?? {}).filter(script => typeof script === 'string');
  return scripts.some(script => /\bnode\s[^&|;]*--test\b/.test(script)) ? [...names, 'node:test'] : names;
}

function parsePackage(text: string): z.infer<typeof packageSchema> | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    // A manifest that is being edited, or a template: it names nothing that can be relied on.
    return undefined;
  }
  const result = packageSchema.safeParse(data);
  return result.success ? result.data : undefined;
}

/** Manifests in other formats are searched for the names as whole words; comments included, which does little harm. */
function mentioned(text: string, ecosystem: Ecosystem): string[] {
  return Object.entries(known[ecosystem])
    .filter(([name]) => {
      const escaped = name.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
      return new RegExp(`(?<![\\w-])${escaped}(?![\\w])`, 'i').test(text);
    })
    .map(([, label]) => label);
}
