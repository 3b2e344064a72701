<template>
  <p id="text">first</p>
</template>
