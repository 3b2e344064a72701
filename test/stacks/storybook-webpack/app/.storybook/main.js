export default {
  framework: '@storybook/react-webpack5',
  addons: ['@storybook/addon-webpack5-compiler-swc'],
  stories: ['../src/*.stories.jsx'],
  core: { disableTelemetry: true },
  swc: () => ({
    jsc: { parser: { syntax: 'ecmascript', jsx: true }, transform: { react: { runtime: 'automatic' } } },
  }),
}
