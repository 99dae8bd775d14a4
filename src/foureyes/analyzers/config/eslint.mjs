// Rules of ESLint's core only: a plug-in would have to be found beside this file.
export default [
  {
    files: ["**/*.{js,mjs,cjs,jsx}"],
    languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } },
    rules: {
      "array-callback-return": "error",
      "no-constructor-return": "error",
      "no-loop-func": "error",
      "no-promise-executor-return": "error",
      "no-unmodified-loop-condition": "error",
      "no-unreachable-loop": "error",
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-useless-assignment": "error",
      "require-atomic-updates": "error",
    },
  },
];
